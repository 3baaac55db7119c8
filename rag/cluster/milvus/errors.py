"""Milvus's errors, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymilvus import MilvusException

from rag.cluster.vectors import CollectionLost
from rag.errors import ClusterUnavailable

_NO_COLLECTION = 100
"""Milvus's code of an error about a collection that does not exist."""


@contextmanager
def reported() -> Iterator[None]:
    """Raise what Milvus raises inside the block as errors of ours.

    Raises:
        CollectionLost: Milvus does not hold the collection.
        ClusterUnavailable: it does not answer, or not as it should.
    """
    try:
        yield
    except MilvusException as error:
        if error.code == _NO_COLLECTION or "collection not found" in str(error).lower():
            raise CollectionLost(
                "Milvus does not hold this collection; it is filled again from the catalog."
            ) from error
        raise unavailable(error) from error
    except Exception as error:
        # Its connections raise errors of gRPC, and of several other kinds.
        if type(error).__module__.partition(".")[0] in ("grpc", "pymilvus"):
            raise unavailable(error) from error
        raise


def unavailable(error: BaseException) -> ClusterUnavailable:
    """Return the error that says in one line why Milvus cannot be used."""
    said = getattr(error, "message", "") or str(error) or type(error).__name__
    line = " ".join(said.split())[:200].rstrip(".")
    return ClusterUnavailable(f"Milvus cannot be used: {line}.")

"""Collections on a cluster that are gone after their use."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from rag.cluster.cluster import Cluster


@contextmanager
def temporary_name(cluster: Cluster, stem: str) -> Iterator[str]:
    """Yield a name that no collection has; the collection of that name is gone after the block.

    Args:
        cluster: that holds it.
        stem: what the name begins with.
    """
    name = f"{stem}-{uuid.uuid4().hex[:8]}"
    try:
        yield name
    finally:
        if name in cluster.names():
            cluster.delete(name)

"""Writing a collection's indexes to disk anew, while others read and write it."""

from __future__ import annotations

from pathlib import Path

from rag.catalog.catalog import Catalog
from rag.collection.lock import compacting
from rag.errors import StorageError
from rag.index.generation import OnPassages, write_generation


def compact(
    directory: Path,
    catalog: Catalog,
    on_passages: OnPassages = lambda _: None,
    *,
    wait_s: float = 600,
) -> None:
    """Write a generation of all that the catalog holds, and make it the current one.

    Args:
        directory: the collection's.
        catalog: the collection's.
        on_passages: called with the number of passages written since the last call.
        wait_s: seconds to wait for another process that is at it; -1: without limit.

    Raises:
        CollectionBusy: another process is at it.
        CollectionDamaged: the catalog is not as it was written.
        StorageError: it cannot be written; the articles are stored all the same.
    """
    with compacting(directory, wait_s=wait_s):
        try:
            origin = write_generation(directory, catalog, on_passages)
        except OSError as error:
            raise StorageError(
                f"The articles are stored, but not the index of {directory.name!r}: "
                f"{error.strerror or error}. It is built anew at each start until it can be "
                f"written, with: tamngu collections compact --collection {directory.name}"
            ) from error
        catalog.forget_deletions(origin.revision)

"""Writes a collection's indexes to disk while others read and write the collection."""

from __future__ import annotations

from pathlib import Path

from rag.catalog.catalog import Catalog
from rag.catalog.older_passages import rewrite_older_passages
from rag.collection.lock import compacting
from rag.errors import StorageError
from rag.index.generation import OnPassages, write_generation

_OLDER_AT_A_TIME = 5000
"""Passages of earlier releases that are rewritten before indexes are written: a few seconds. Chosen
manually."""


def compact(
    directory: Path,
    catalog: Catalog,
    on_passages: OnPassages = lambda _: None,
    *,
    wait_s: float = 600,
) -> None:
    """Write a generation of everything in the catalog, and make it the current one.

    Some of the passages that earlier releases stored are rewritten before.

    Args:
        directory: the collection's folder.
        catalog: the collection's catalog.
        on_passages: called with the number of passages written since the last call.
        wait_s: seconds to wait for another process that is compacting; -1 waits without limit.

    Raises:
        CollectionBusy: another process is still compacting.
        CollectionDamaged: the catalog differs from what was stored.
        StorageError: the generation cannot be written; the articles are stored nevertheless.
    """
    with compacting(directory, wait_s=wait_s):
        rewrite_older_passages(catalog.connections, _OLDER_AT_A_TIME)
        try:
            state = write_generation(directory, catalog, on_passages)
        except OSError as error:
            raise StorageError(
                f"The articles are stored, but the index of {directory.name!r} cannot be written: "
                f"{error.strerror or error}; when its folder can be written again, run: tamngu "
                f"collections compact --collection {directory.name}"
            ) from error
        catalog.forget_deletions(state.revision)

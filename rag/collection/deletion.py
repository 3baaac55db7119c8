"""Deletes a collection."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from rag.catalog.private_files import private_folder
from rag.collection.lock import compacting, writing
from rag.collection.paths import Home, checked_name, existing_directory
from rag.errors import StorageError


def delete_collection(
    home: Home, name: str, *, writer_s: float = 0, compaction_s: float = 60
) -> None:
    """Delete a collection with everything in it.

    It disappears at once; its disk space is freed afterwards. A crash in between leaves a folder in
    ``HOME/collections/.unfinished``.

    Args:
        home: the folder, or the cluster, of all collections.
        name: the collection's name.
        writer_s: seconds to wait for another process that is writing.
        compaction_s: seconds to wait for another process that is compacting.

    Raises:
        CollectionNotFound: the home has no collection of that name.
        CollectionBusy: another process is still writing to it or compacting it.
        StorageError: it cannot be deleted.
    """
    if not isinstance(home, Path):
        home.delete(checked_name(name))
        return
    directory = existing_directory(home, name)
    deleted = directory.parent / ".unfinished" / f"{name}.{uuid.uuid4().hex}"
    try:
        with writing(directory, writer_s), compacting(directory, wait_s=compaction_s):
            private_folder(deleted.parent)
            directory.rename(deleted)
        shutil.rmtree(deleted)
    except OSError as error:
        raise StorageError(
            f"Cannot delete {directory}: {error.strerror or error}; check that its folder can be "
            "written."
        ) from error

"""Deleting a collection."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from rag.collection.home import existing_directory
from rag.collection.lock import compacting, writing
from rag.errors import StorageError


def delete_collection(
    home: Path, name: str, *, writer_s: float = 0, compaction_s: float = 60
) -> None:
    """Delete a collection with all that is in it.

    It is gone at once; what it takes on disk is freed after that. A crash in between leaves a
    folder in ``HOME/collections/.unfinished``.

    Args:
        home: where collections live.
        name: the collection's.
        writer_s: seconds to wait for another process that writes.
        compaction_s: seconds to wait for a compaction to end.

    Raises:
        CollectionNotFound: there is none of that name.
        CollectionBusy: another process is writing to it, or compacts it for longer.
        StorageError: it cannot be deleted.
    """
    directory = existing_directory(home, name)
    going = directory.parent / ".unfinished" / f"{name}.{uuid.uuid4().hex}"
    try:
        with writing(directory, writer_s), compacting(directory, wait_s=compaction_s):
            going.parent.mkdir(exist_ok=True)
            directory.rename(going)
        shutil.rmtree(going)
    except OSError as error:
        raise StorageError(f"Cannot delete {directory}: {error.strerror or error}.") from error

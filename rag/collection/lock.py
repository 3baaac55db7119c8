"""Locks for one writer and one compaction at a time; a crash releases them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from rag.catalog.private_files import FILE_MODE
from rag.catalog.sqlite.file_locks import no_locks, says_no_locks
from rag.collection.lock_holder import holder, noted_as_holder
from rag.errors import CollectionBusy, StorageError

if TYPE_CHECKING:
    from rag.catalog.catalog import Catalog


@contextmanager
def writing(directory: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold a collection's writer lock inside the block.

    Args:
        directory: the collection's folder.
        wait_s: seconds to wait for another process that is writing.

    Raises:
        CollectionBusy: another process is still writing.
        StorageError: the folder cannot be written, or its file system has no locks.
    """
    with _held(directory, "writer.lock", "writing to", wait_s=wait_s):
        yield


@contextmanager
def writing_to(catalog: Catalog, wait_s: float = 0) -> Iterator[None]:
    """Write to a catalog inside the block; see :func:`writing`.

    Any number of processes write to a catalog on a cluster: its transactions take turns.
    """
    if not catalog.is_local:
        yield
        return
    with writing(catalog.path.parent, wait_s):
        yield


@contextmanager
def compacting(directory: Path, *, wait_s: float) -> Iterator[None]:
    """Hold a collection's compaction lock inside the block; readers and the writer continue.

    Args:
        directory: the collection's folder.
        wait_s: seconds to wait for another process that is compacting; -1 waits without limit.

    Raises:
        CollectionBusy: another process is still compacting.
        StorageError: the folder cannot be written, or its file system has no locks.
    """
    with _held(directory, "compaction.lock", "compacting", wait_s=wait_s):
        yield


@contextmanager
def _held(directory: Path, name: str, activity: str, *, wait_s: float) -> Iterator[None]:
    noted = directory / f"{name}.holder"
    lock = FileLock(directory / name, timeout=wait_s, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout:
        brief = f"Another process is {activity} the collection {directory.name!r}"
        advice = "; try again when it has finished."
        raise CollectionBusy(f"{brief}{holder(noted)}{advice}", brief + advice) from None
    except OSError as error:
        if says_no_locks(error):
            raise StorageError(no_locks(directory)) from error
        raise StorageError(
            f"Cannot write to {directory}: {error.strerror or error}; check its permissions and "
            "the free space on its disk."
        ) from error
    try:
        with noted_as_holder(noted):
            yield
    finally:
        lock.release()

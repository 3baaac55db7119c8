"""One writer, and one compaction, at a time; a crash gives either place free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import CollectionBusy, StorageError


@contextmanager
def writing(directory: Path, wait_s: float = 0) -> Iterator[None]:
    """Be the only writer to a collection's directory.

    Args:
        directory: the collection's.
        wait_s: seconds to wait for another to end.

    Raises:
        CollectionBusy: another process is writing.
        StorageError: the directory cannot be written.
    """
    with _held(directory, "writer.lock", "writing to", wait_s=wait_s):
        yield


@contextmanager
def compacting(directory: Path, *, wait_s: float) -> Iterator[None]:
    """Be the only one who writes generations; readers and the writer go on meanwhile.

    Args:
        directory: the collection's.
        wait_s: seconds to wait for another to end; -1: without limit.

    Raises:
        CollectionBusy: another still is at it.
        StorageError: the directory cannot be written.
    """
    with _held(directory, "compaction.lock", "compacting", wait_s=wait_s):
        yield


@contextmanager
def _held(directory: Path, name: str, doing: str, *, wait_s: float) -> Iterator[None]:
    lock = FileLock(directory / name, timeout=wait_s)
    try:
        lock.acquire()
    except Timeout:
        raise CollectionBusy(
            f"Another process is {doing} the collection {directory.name!r}; "
            "try again when it is done."
        ) from None
    except OSError as error:
        raise StorageError(f"Cannot write to {directory}: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()

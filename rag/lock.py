"""One writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import CollectionBusy, StorageError


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Be the only writer to a collection's directory; a crash gives the place free.

    Raises:
        CollectionBusy: another process is writing.
        StorageError: the directory cannot be written.
    """
    lock = FileLock(directory / "writer.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise CollectionBusy(
            f"Another process is writing to the collection {directory.name!r}; "
            "try again when it is done."
        ) from None
    except OSError as error:
        raise StorageError(f"Cannot write to {directory}: {error.strerror or error}.") from error
    try:
        yield
    finally:
        lock.release()

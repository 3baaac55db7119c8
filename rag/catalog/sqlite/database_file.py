"""How a catalog's SQLite file is opened: for writing, or for reading where nothing can be written.

SQLite keeps a log and an index of the log beside a database, and makes them where they are missing
even if it only reads (https://sqlite.org/wal.html#readonly). So a database in a folder that cannot
be written is opened in another way.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.catalog.sqlite.wal import LOG_BYTES
from rag.errors import StorageError

_MAPPED_BYTES = 2**30
"""Bytes of the file that each connection maps into memory, so that vectors and texts are not copied
through a page cache first."""

_ADDRESSES_TO_MAP = 4 * 2**30
"""Bytes of address space (``ulimit -v``) under which nothing is mapped. The packaged models alone
take 2 to 3 GB of it. Chosen manually, not tuned."""

_TIMEOUT_S = 10
"""Seconds that a statement waits for another process."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a file for reading and writing; create it if it does not exist.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = _connected(str(path))
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def cannot_be_written(path: Path, error: sqlite3.OperationalError) -> bool:
    """Return whether a file could not be opened because its folder cannot be written.

    SQLite gives the same error when the process has too many files open.
    """
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return False
    effective = os.access in os.supports_effective_ids
    return not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=effective)


class ReadOnlyFile:
    """A file in a folder that cannot be written, for any number of threads.

    Other users may write it meanwhile: each new connection sees the state that the file then has.
    """

    def __init__(self, path: Path) -> None:
        """Remember the path; nothing is opened yet."""
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._lock = threading.Lock()
        self._copied: tuple[object, TemporaryDirectory[str]] | None = None

    def connect(self) -> sqlite3.Connection:
        """Open the file at its present state.

        - A file whose log and whose index of the log exist is in use by another user, and is opened
          as usual.
        - A file without a log is opened as one that nobody changes.
        - A file whose log is left from a process that was killed is copied together with its log,
          because SQLite would have to make the index of the log beside it.

        Raises:
            sqlite3.Error: it cannot be opened.
            StorageError: it cannot be copied.
        """
        if _size(self._log) and not self._path.with_name(f"{self._path.name}-shm").exists():
            return connect(self._copy())
        kept = "mode=ro" if self._log.exists() else "mode=ro&immutable=1"
        return _connected(f"{self._path.absolute().as_uri()}?{kept}")

    def close(self) -> None:
        """Remove the copy, if one was made."""
        with self._lock:
            if self._copied is not None:
                self._copied[1].cleanup()
                self._copied = None

    def _copy(self) -> Path:
        """Return a copy of the file with its log; the last copy, if nothing has changed since."""
        with self._lock:
            state = tuple(map(_state, (self._path, self._log)))
            if self._copied is None or self._copied[0] != state:
                try:
                    folder = TemporaryDirectory(prefix="tamngu-", ignore_cleanup_errors=True)
                    for file in (self._log, self._path):
                        shutil.copyfile(file, Path(folder.name, file.name))
                except OSError as error:
                    raise StorageError(
                        f"{self._path.parent} cannot be written, and its catalog cannot be copied "
                        f"to a temporary folder: {error.strerror or error}. Set TMPDIR to a folder "
                        "with free space, or make the collection's folder writable."
                    ) from error
                self._copied = (state, folder)
            return Path(self._copied[1].name, self._path.name)


def opened(path: Path, *, existed: bool) -> tuple[sqlite3.Connection, ReadOnlyFile | None]:
    """Return a connection, and the file that it reads if nothing can be written.

    Args:
        path: of the file.
        existed: whether there is anything to read.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    try:
        return connect(path), None
    except sqlite3.OperationalError as error:
        if not (existed and cannot_be_written(path, error)):
            raise
    file = ReadOnlyFile(path)
    return file.connect(), file


def _connected(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address,
        timeout=_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        uri=address.startswith("file:"),
    )
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        f"mmap_size={_bytes_to_map()}",
        f"journal_size_limit={LOG_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _bytes_to_map() -> int:
    """Return how much of the file each connection maps, in bytes, under the limit of addresses."""
    try:
        import resource
    except ImportError:  # Windows
        return _MAPPED_BYTES
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return _MAPPED_BYTES
    return min(_MAPPED_BYTES, limit // 8) if limit >= _ADDRESSES_TO_MAP else 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns

"""Whether the locks of a file system work, on which SQLite and the locks of collections rely."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from tempfile import TemporaryFile

from rag.errors import CollectionBusy, StorageError

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
"""What network file systems answer where their service of locks is missing or does not answer."""


def says_no_locks(error: OSError) -> bool:
    """Return whether an error of a lock says that the file system has none.

    >>> says_no_locks(OSError(errno.ENOLCK, "No locks available"))
    True
    """
    return error.errno in _NO_LOCKS


def no_locks(folder: Path) -> str:
    """Return the sentence that says so, and what to do."""
    return (
        f"The file system of {folder} has no locks that work, so nothing protects what is written "
        "there: mount it with locks, or choose another --home, on a disk of this machine."
    )


def in_use(path: Path) -> CollectionBusy | StorageError:
    """Return the error of a database whose lock SQLite did not get.

    SQLite takes a file system without locks for another process that holds the lock.
    """
    if _lacks_locks(path.parent):
        return StorageError(no_locks(path.parent))
    return CollectionBusy(f"Another process is using {path}; try again when it has finished.")


def _lacks_locks(folder: Path) -> bool:
    if os.name != "posix":
        return False
    import fcntl

    try:
        with TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return says_no_locks(error)
    return False

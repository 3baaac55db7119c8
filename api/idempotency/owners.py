"""Which processes live: each holds the lock of a file of its own while it does."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from rag.catalog.private_files import FILE_MODE, private_folder
from rag.errors import StorageError


class Owners(Protocol):
    """The processes that do requests.

    Attributes:
        owner: an id of this process.
    """

    owner: str

    def begin(self) -> None:
        """Show from now on that this process lives; only the first call does anything.

        Raises:
            StorageError: that cannot be shown.
            ClusterUnavailable: the same.
        """

    def is_alive(self, owner: str) -> bool:
        """Tell whether a process lives."""

    def close(self) -> None:
        """Show no more that this process lives."""


class FileOwners:
    """The processes of one machine; the operating system releases the lock of one that ends."""

    def __init__(self, folder: Path) -> None:
        """Keep locks in a folder; nothing is written yet."""
        self.owner = uuid.uuid4().hex
        self._folder = folder
        self._start_lock = threading.Lock()
        # Another process holds this lock for a moment when it checks whether this one lives.
        self._alive = FileLock(
            self._lock_path(self.owner), timeout=5, thread_local=False, mode=FILE_MODE
        )

    def begin(self) -> None:
        """Hold the lock of this process until it ends; the first call acquires it.

        Raises:
            StorageError: it cannot be acquired.
        """
        with self._start_lock:
            if self._alive.is_locked:
                return
            try:
                private_folder(self._folder)
                self._alive.acquire()
                for lock in self._folder.glob("*.lock"):
                    # This check removes the lock files of processes that were killed.
                    self.is_alive(lock.stem)
            except OSError as error:
                raise StorageError(
                    f"The list of idempotency keys cannot be used: {error}. Make sure that the "
                    "server's folder can be written and that the disk has room."
                ) from error

    def is_alive(self, owner: str) -> bool:
        """Tell whether a process lives."""
        if owner == self.owner:
            return True
        path = self._lock_path(owner)
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def close(self) -> None:
        """Release the lock of this process."""
        if self._alive.is_locked:
            self._alive.release(force=True)
            self._lock_path(self.owner).unlink(missing_ok=True)

    def _lock_path(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"

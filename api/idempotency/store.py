"""Requests with an Idempotency-Key, and the responses to those that were done."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from api.errors import StillRunning
from api.sqlite_file import SqliteFile
from rag.catalog.private_files import FILE_MODE, private_folder
from rag.errors import StorageError

KEPT_S = 24 * 3600
"""Seconds for which a response is stored."""

_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE requests (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    begun_at REAL NOT NULL,
    fingerprint TEXT,
    status INTEGER,
    headers TEXT,
    body BLOB
) STRICT;
CREATE INDEX requests_by_age ON requests (begun_at)
"""

_CONTENT = "The list of idempotency keys"


@dataclass(frozen=True)
class StoredResponse:
    """The response to a request that was done.

    Attributes:
        fingerprint: of the request; another request has another one.
        status: of HTTP.
        headers: those that describe the body or its place.
        body: of the response.
    """

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: bytes


class IdempotencyStore:
    """The requests that the server processes of a home have done; safe in any number of threads.

    A running request belongs to its process, which holds a lock while it lives. If the process is
    killed, its running requests may be done again. Every method raises StorageError if the file
    cannot be used.
    """

    def __init__(self, home: Path) -> None:
        """Keep requests under ``home``; nothing is written before the first request."""
        self._file = SqliteFile(home / "idempotency.db", _SCHEMA, _SCHEMA_VERSION, _CONTENT)
        self._locks = home / "idempotency"
        self._start_lock = threading.Lock()
        self._running: set[str] = set()
        self._owner = uuid.uuid4().hex
        # Another process holds this lock for a moment when it checks whether this one lives.
        self._alive = FileLock(
            self._lock_path(self._owner), timeout=5, thread_local=False, mode=FILE_MODE
        )

    def begin(self, name: str) -> StoredResponse | None:
        """Return the response to a request; None: it was not done, and this process may do it.

        Args:
            name: of the request, unique among all clients.

        Raises:
            StillRunning: the request is being done.
        """
        self._acquire_own_lock()
        now = time.time()
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM requests WHERE begun_at < ?", (now - KEPT_S,))
            found = connection.execute(
                "SELECT owner, fingerprint, status, headers, body FROM requests WHERE name = ?",
                (name,),
            ).fetchone()
            if found is not None and found[1] is not None:
                _, fingerprint, status, headers, body = found
                return StoredResponse(fingerprint, status, json.loads(headers), body)
            if found is not None and self._is_running(name, found[0]):
                raise StillRunning(
                    "A request with this Idempotency-Key is still running; wait for it."
                )
            connection.execute(
                "INSERT OR REPLACE INTO requests (name, owner, begun_at) VALUES (?, ?, ?)",
                (name, self._owner, now),
            )
            self._running.add(name)
        return None

    def finish(self, name: str, done: StoredResponse) -> None:
        """Store the response to a request."""
        headers = json.dumps(done.headers)
        self._end(
            name,
            "UPDATE requests SET fingerprint = ?, status = ?, headers = ?, body = ?"
            " WHERE name = ? AND owner = ?",
            (done.fingerprint, done.status, headers, done.body, name, self._owner),
        )

    def release(self, name: str) -> None:
        """Forget a request that failed, so that it may be sent again."""
        self._end(
            name,
            "DELETE FROM requests WHERE name = ? AND owner = ? AND fingerprint IS NULL",
            (name, self._owner),
        )

    def _end(self, name: str, statement: str, values: tuple[object, ...]) -> None:
        """Write the outcome of a running request of this process.

        The set of running requests changes inside the transaction. Otherwise a thread that begins
        the same request in between would find it neither running nor done.
        """
        try:
            with self._file.transaction() as connection:
                connection.execute(statement, values)
                self._running.discard(name)
        except StorageError:
            # The outcome is lost, so the request may be done again.
            self._running.discard(name)
            raise

    def close(self) -> None:
        """Close the file, and release the lock of this process."""
        self._file.close()
        if self._alive.is_locked:
            self._alive.release(force=True)
            self._lock_path(self._owner).unlink(missing_ok=True)

    def _acquire_own_lock(self) -> None:
        """Hold the lock of this process until it ends; the first call acquires it."""
        with self._start_lock:
            if self._alive.is_locked:
                return
            try:
                private_folder(self._locks)
                self._alive.acquire()
                for lock in self._locks.glob("*.lock"):
                    # This check removes the lock files of processes that were killed.
                    self._is_alive(lock.stem)
            except OSError as error:
                raise StorageError(
                    f"{_CONTENT} cannot be used: {error}. Make sure that the server's folder can "
                    "be written and that the disk has room."
                ) from error

    def _is_running(self, name: str, owner: str) -> bool:
        return name in self._running if owner == self._owner else self._is_alive(owner)

    def _is_alive(self, owner: str) -> bool:
        if owner == self._owner:
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

    def _lock_path(self, owner: str) -> Path:
        return self._locks / f"{owner}.lock"

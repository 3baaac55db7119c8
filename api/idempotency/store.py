"""Requests that were done under an Idempotency-Key, and what they were answered with."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from api.sqlite_file import SqliteFile
from embeddings import TamnguError
from rag.errors import StorageError

KEPT_S = 24 * 3600
"""Seconds for which an answer is remembered."""

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


class StillRunning(TamnguError):
    """A request of the same key is being worked on."""


@dataclass(frozen=True)
class Remembered:
    """A request that was done.

    Attributes:
        fingerprint: tells it from others.
        status: of its answer, of HTTP.
        headers: of its answer, those that say something of it.
        body: of its answer.
    """

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: bytes


class IdempotencyStore:
    """What a home's server processes have done; any number of threads may use it at once.

    A request that is under way belongs to its process, which holds a lock for as long as it lives:
    what a process left when it was killed is done anew. Everything raises StorageError where the
    file cannot be used.
    """

    def __init__(self, home: Path) -> None:
        """Keep requests under ``home``; nothing is written before the first."""
        holds = "The list of idempotency keys"
        self._file = SqliteFile(home / "idempotency.db", _SCHEMA, _SCHEMA_VERSION, holds)
        self._locks = home / "idempotency"
        self._begins = threading.Lock()
        self._running: set[str] = set()
        self._owner = uuid.uuid4().hex
        # Another process may hold it for a moment, to see whether this one lives.
        self._alive = FileLock(self._lock_of(self._owner), timeout=5, thread_local=False)

    def begin(self, name: str) -> Remembered | None:
        """Return what a request was answered with; None: it is now this process's to do.

        Args:
            name: of the request, whoever sends it.

        Raises:
            StillRunning: it is being done.
        """
        self._live()
        now = time.time()
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM requests WHERE begun_at < ?", (now - KEPT_S,))
            found = connection.execute(
                "SELECT owner, fingerprint, status, headers, body FROM requests WHERE name = ?",
                (name,),
            ).fetchone()
            if found is not None and found[1] is not None:
                _, fingerprint, status, headers, body = found
                return Remembered(fingerprint, status, json.loads(headers), body)
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

    def finish(self, name: str, done: Remembered) -> None:
        """Remember what a request was answered with."""
        headers = json.dumps(done.headers)
        self._end(
            name,
            "UPDATE requests SET fingerprint = ?, status = ?, headers = ?, body = ?"
            " WHERE name = ? AND owner = ?",
            (done.fingerprint, done.status, headers, done.body, name, self._owner),
        )

    def release(self, name: str) -> None:
        """Forget a request that came to nothing."""
        self._end(
            name,
            "DELETE FROM requests WHERE name = ? AND owner = ? AND fingerprint IS NULL",
            (name, self._owner),
        )

    def _end(self, name: str, statement: str, values: tuple[object, ...]) -> None:
        """Say that a request of this process is not under way any more, and what became of it.

        Both at once: who begins the same in between would take it for one that was left.
        """
        try:
            with self._file.transaction() as connection:
                connection.execute(statement, values)
                self._running.discard(name)
        except StorageError:
            # What became of it is not kept: it may be done anew.
            self._running.discard(name)
            raise

    def close(self) -> None:
        """Close the file, and let go of the lock."""
        self._file.close()
        if self._alive.is_locked:
            self._alive.release(force=True)
            self._lock_of(self._owner).unlink(missing_ok=True)

    def _live(self) -> None:
        """Hold this process's lock from now on."""
        with self._begins:
            if self._alive.is_locked:
                return
            try:
                self._locks.mkdir(parents=True, exist_ok=True)
                self._alive.acquire()
                for lock in self._locks.glob("*.lock"):
                    # Those of processes that were killed go with this.
                    self._is_alive(lock.stem)
            except OSError as error:
                raise StorageError(
                    f"The list of idempotency keys cannot be used: {error}. See that the server's "
                    "folder can be written and that the disk has room."
                ) from error

    def _is_running(self, name: str, owner: str) -> bool:
        return name in self._running if owner == self._owner else self._is_alive(owner)

    def _is_alive(self, owner: str) -> bool:
        if owner == self._owner:
            return True
        path = self._lock_of(owner)
        if not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)
        except Timeout:
            return True
        return False

    def _lock_of(self, owner: str) -> Path:
        return self._locks / f"{owner}.lock"

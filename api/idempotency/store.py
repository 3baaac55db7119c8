"""Requests with an Idempotency-Key, and the responses to those that were done."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from api.errors import StillRunning
from api.idempotency.owners import FileOwners, Owners
from api.state import State, tables_of
from rag.catalog.database import Transaction
from rag.errors import ClusterUnavailable, StorageError

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
    """The requests that the processes of a service have done; safe in any number of threads.

    A running request belongs to its process while that lives. If the process is killed, its running
    requests may be done again. Every method raises StorageError or ClusterUnavailable if what is
    stored cannot be used.
    """

    def __init__(self, state: State) -> None:
        """Keep requests there; nothing is written before the first request."""
        self._tables = tables_of(state, "idempotency", _SCHEMA, _SCHEMA_VERSION, _CONTENT)
        self._running: set[str] = set()
        self._owners: Owners = (
            FileOwners(state / "idempotency") if isinstance(state, Path) else state.leases
        )

    def begin(self, name: str) -> StoredResponse | None:
        """Return the response to a request; None: it was not done, and this process may do it.

        Args:
            name: of the request, unique among all clients.

        Raises:
            StillRunning: the request is being done.
        """
        self._owners.begin()
        dead: str | None = None
        while True:
            with self._tables.transaction() as connection:
                found = self._found(connection, name)
                if isinstance(found, StoredResponse):
                    return found
                is_own = found == self._owners.owner
                if found is None or found == dead or (is_own and name not in self._running):
                    connection.execute(
                        "INSERT INTO requests (name, owner, begun_at) VALUES (?, ?, ?) ON CONFLICT"
                        " (name) DO UPDATE SET owner = excluded.owner,"
                        " begun_at = excluded.begun_at",
                        (name, self._owners.owner, time.time()),
                    )
                    self._running.add(name)
                    return None
            # Asked outside the transaction, because others wait for its end.
            if is_own or self._owners.is_alive(found):
                raise StillRunning(
                    "A request with this Idempotency-Key is still running; wait for it."
                )
            dead = found

    def _found(self, connection: Transaction, name: str) -> StoredResponse | str | None:
        """Return the response to a request, or the owner of one that was begun."""
        connection.execute("DELETE FROM requests WHERE begun_at < ?", (time.time() - KEPT_S,))
        found = connection.execute(
            "SELECT owner, fingerprint, status, headers, body FROM requests WHERE name = ?", (name,)
        ).fetchone()
        if found is None:
            return None
        owner, fingerprint, status, headers, body = found
        if fingerprint is None:
            return str(owner)
        return StoredResponse(fingerprint, status, json.loads(headers), body)

    def finish(self, name: str, done: StoredResponse) -> None:
        """Store the response to a request."""
        headers = json.dumps(done.headers)
        self._end(
            name,
            "UPDATE requests SET fingerprint = ?, status = ?, headers = ?, body = ?"
            " WHERE name = ? AND owner = ?",
            (done.fingerprint, done.status, headers, done.body, name, self._owners.owner),
        )

    def release(self, name: str) -> None:
        """Forget a request that failed, so that it may be sent again."""
        self._end(
            name,
            "DELETE FROM requests WHERE name = ? AND owner = ? AND fingerprint IS NULL",
            (name, self._owners.owner),
        )

    def _end(self, name: str, statement: str, values: tuple[object, ...]) -> None:
        """Write the outcome of a running request of this process.

        The set of running requests changes inside the transaction. Otherwise a thread that begins
        the same request in between would find it neither running nor done.
        """
        try:
            with self._tables.transaction() as connection:
                connection.execute(statement, values)
                self._running.discard(name)
        except (StorageError, ClusterUnavailable):
            # The outcome is lost, so the request may be done again.
            self._running.discard(name)
            raise

    def close(self) -> None:
        """Let go of what is open; this process does no more requests."""
        self._tables.close()
        self._owners.close()

"""Locks that a process of a cluster holds while it gives signs of life."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from api.cluster.tables import PostgresTables
from embeddings import TamnguError

_LOG = logging.getLogger("tamngu.api")

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE holders (id TEXT PRIMARY KEY, until timestamptz NOT NULL);
CREATE TABLE locks (name TEXT PRIMARY KEY, holder TEXT NOT NULL)
"""

_SIGNS = 5
"""Signs of life that a process gives in the time of a lease. Chosen manually, not tuned."""

_FORGOTTEN_AFTER = "1 hour"
"""Time after which a process that gave no sign of life is removed from the table."""

_ALIVE = "SELECT 1 FROM holders WHERE id = {} AND until > now()"


class Leases:
    """The locks of a process, for any number of threads.

    A process whose last sign of life is older than a lease has lost its locks: another process may
    take them. PostgreSQL's clock alone counts. A process that was only slow is told so by the
    function that :meth:`try_lock` yields.

    Attributes:
        owner: an id that no other process has.
    """

    def __init__(self, tables: PostgresTables, lease_s: float) -> None:
        """Hold nothing yet.

        Args:
            tables: of :data:`SCHEMA`.
            lease_s: seconds for which a sign of life counts.
        """
        self.owner = uuid.uuid4().hex
        self._tables = tables
        self._lease_s = lease_s
        self._lock = threading.Lock()
        self._names: set[str] = set()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Give signs of life from now on; only the first call does anything.

        Raises:
            TamnguError: PostgreSQL cannot be used.
        """
        with self._lock:
            if self._thread is None:
                self._give_sign()
                self._ended.clear()
                self._thread = threading.Thread(target=self._go_on, name="leases", daemon=True)
                self._thread.start()

    def is_alive(self, owner: str) -> bool:
        """Tell whether a process has given a sign of life in the time of a lease."""
        return owner == self.owner or bool(self._tables.rows(_ALIVE.format("?"), owner))

    @contextmanager
    def try_lock(self, name: str) -> Iterator[Callable[[], bool] | None]:
        """Hold a lock inside the block.

        Yields:
            A function that tells whether the lock is still held; None if somebody else holds it.
        """
        self.begin()
        with self._lock:
            is_free = name not in self._names
            if is_free:
                self._names.add(name)
        if not is_free:
            yield None
            return
        try:
            if not self._take(name):
                yield None
                return
            try:
                yield lambda: self._holds(name)
            finally:
                # Where PostgreSQL cannot be reached, this process takes the lock again later.
                with suppress(TamnguError), self._tables.connection() as connection:
                    connection.execute(
                        "DELETE FROM locks WHERE name = %s AND holder = %s", (name, self.owner)
                    )
        finally:
            with self._lock:
                self._names.discard(name)

    def close(self) -> None:
        """Give no more signs of life; what this process holds is free at once."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._ended.set()
        thread.join()
        with suppress(TamnguError), self._tables.connection() as connection:
            connection.execute("DELETE FROM holders WHERE id = %s", (self.owner,))

    def _take(self, name: str) -> bool:
        """Take a lock that nobody holds, or whose holder gives no signs of life."""
        free = f"holder = %s OR NOT EXISTS ({_ALIVE.format('holder')})"
        with self._tables.connection() as connection:
            taken = connection.execute(
                "INSERT INTO locks VALUES (%s, %s) ON CONFLICT (name) DO NOTHING",
                (name, self.owner),
            )
            if taken.rowcount:
                return True
            # One that another process is just taking is passed over.
            taken = connection.execute(
                "UPDATE locks SET holder = %s WHERE name = (SELECT name FROM locks"
                f" WHERE name = %s AND ({free}) FOR UPDATE SKIP LOCKED)",
                (self.owner, name, self.owner),
            )
            return bool(taken.rowcount)

    def _holds(self, name: str) -> bool:
        query = "SELECT 1 FROM locks WHERE name = ? AND holder = ?"
        return bool(self._tables.rows(query, name, self.owner))

    def _go_on(self) -> None:
        fails = False
        while not self._ended.wait(self._lease_s / _SIGNS):
            try:
                self._give_sign()
                fails = False
            except TamnguError as error:
                if not fails:
                    _LOG.error("This process cannot give a sign of life: %s", error)
                fails = True

    def _give_sign(self) -> None:
        with self._tables.connection() as connection:
            connection.execute(
                "INSERT INTO holders VALUES (%s, now() + make_interval(secs => %s))"
                " ON CONFLICT (id) DO UPDATE SET until = excluded.until",
                (self.owner, float(self._lease_s)),
            )
            connection.execute(
                f"DELETE FROM holders WHERE until < now() - interval '{_FORGOTTEN_AFTER}'"
            )

"""Watching a server while something is done to it: how it answers, and what memory it takes."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

import httpx

from tests.process_tree import computed_s, descendants, queued_s, resident_mb

_ASK_EVERY_S = 0.05
_LOOK_EVERY_S = 0.05
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds to which the system states what a process has computed."""

_PATIENCE_S = 600.0
"""Seconds that an answer is waited for: a server that stood still for minutes is to be seen."""


@dataclass(frozen=True)
class Asked:
    """When the server was asked, and what it and the asking thread had had by then.

    Attributes:
        at: seconds on the monotonic clock.
        computed_s: seconds of computing of the server.
        queued_s: seconds that its first thread, in which its event loop runs, and the asking thread
            had waited for a processor.
    """

    at: float
    computed_s: float
    queued_s: float


@dataclass(frozen=True)
class Slowest:
    """The slowest answer.

    Attributes:
        waited_s: seconds that a client waited for it.
        own_s: the part of them that the server itself is the reason of: without what its event loop
            and the client waited for a processor, and no more than the server computed meanwhile.
    """

    waited_s: float = 0.0
    own_s: float = 0.0

    def or_if_slower(self, other: Slowest) -> Slowest:
        """Return the longer of both times of each kind."""
        return Slowest(max(self.waited_s, other.waited_s), max(self.own_s, other.own_s))


class Health:
    """Asks ``/healthz`` again and again in a thread, and notes how long the slowest answer took."""

    def __init__(self, address: str, pid: int) -> None:
        """Begin to ask.

        Args:
            address: of the server.
            pid: of its process.
        """
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=address, timeout=_PATIENCE_S, limits=fresh)
        self._pid = pid
        self._lock = threading.Lock()
        self._asked: Asked | None = None
        self._slowest = Slowest()
        self._statuses: Counter[int] = Counter()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def slowest(self) -> Slowest:
        """Return how long the slowest answer took since the last call.

        An answer that is still waited for counts as far as it was waited for.
        """
        with self._lock:
            slowest, self._slowest = self._slowest, Slowest()
            return (
                slowest if self._asked is None else slowest.or_if_slower(self._since(self._asked))
            )

    def statuses(self) -> Counter[int]:
        """Return how many answers had which status."""
        with self._lock:
            return self._statuses.copy()

    def _ask(self) -> None:
        while not self._ends.wait(_ASK_EVERY_S):
            asked = Asked(time.monotonic(), computed_s(self._pid), self._queued_s())
            with self._lock:
                self._asked = asked
            try:
                status = self._client.get("/healthz").status_code
            except httpx.TransportError:
                # The server has ended; what asks it notices that, too.
                status = 0
            with self._lock:
                self._asked = None
                self._statuses[status] += 1
                if status:
                    self._slowest = self._slowest.or_if_slower(self._since(asked))

    def _since(self, asked: Asked) -> Slowest:
        waited_s = time.monotonic() - asked.at
        runnable_s = max(0.0, waited_s - (self._queued_s() - asked.queued_s))
        computed = computed_s(self._pid) - asked.computed_s + _TICK_S
        return Slowest(waited_s, min(runnable_s, computed))

    def _queued_s(self) -> float:
        return queued_s(str(self._pid)) + queued_s("thread-self")

    def __enter__(self) -> Health:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop asking."""
        self._ends.set()
        self._thread.join()
        self._client.close()


class Memory:
    """Looks at the resident memory of a server and of its readers in a thread; notes the most.

    What readers share with each other is counted for each of them.
    """

    def __init__(self, pid: int) -> None:
        """Begin to look.

        Args:
            pid: of the server process.
        """
        self._pid = pid
        self._lock = threading.Lock()
        self._most_mb = (0.0, 0.0)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def most_mb(self) -> tuple[float, float]:
        """Return the most that the server and that its readers held since the last call, in MB."""
        self._look()
        with self._lock:
            most, self._most_mb = self._most_mb, (0.0, 0.0)
            return most

    def _watch(self) -> None:
        while not self._ends.wait(_LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        server = resident_mb(self._pid)
        readers = sum(map(resident_mb, descendants(self._pid)))
        with self._lock:
            self._most_mb = max(self._most_mb[0], server), max(self._most_mb[1], readers)

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop looking."""
        self._ends.set()
        self._thread.join()


def wait_until(holds: Callable[[], bool], most_s: float) -> float | None:
    """Return the seconds until a condition holds; None if it does not after ``most_s`` seconds."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > most_s:
            return None
        time.sleep(0.01)
    return time.monotonic() - begun

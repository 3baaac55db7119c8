"""The time limit of a fetch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.fetching.errors import FetchError


class TimeLimit:
    """Seconds for all requests of one fetch; the waiting time between them does not count."""

    def __init__(self, seconds: float) -> None:
        """Create a limit of some seconds."""
        self._seconds = seconds
        self._left = seconds

    @contextmanager
    def spending(self) -> Iterator[float]:
        """Subtract the time spent in this context; yield the seconds that are left for it.

        Raises:
            FetchError: no time is left.
        """
        if self._left <= 0:
            raise self.over()
        started = time.monotonic()
        try:
            yield self._left
        finally:
            self._left -= time.monotonic() - started

    def over(self) -> FetchError:
        """Return the error to raise when the time is over."""
        return FetchError(f"it took longer than {self._seconds:g} s", temporary=True)

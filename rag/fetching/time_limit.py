"""How long one fetch may keep the network busy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.fetching.errors import FetchError


class TimeLimit:
    """Seconds for all requests of one fetch; waiting for a host's turn between them costs none."""

    def __init__(self, seconds: float) -> None:
        """Allow so many seconds."""
        self._seconds = seconds
        self._left = seconds

    @contextmanager
    def spending(self) -> Iterator[float]:
        """Count what happens in this context; give the seconds that are left for it.

        Raises:
            FetchError: none are.
        """
        if self._left <= 0:
            raise self.over()
        started = time.monotonic()
        try:
            yield self._left
        finally:
            self._left -= time.monotonic() - started

    def over(self) -> FetchError:
        """Return what to raise when the time is over."""
        return FetchError(f"it took longer than {self._seconds:g} s", passing=True)

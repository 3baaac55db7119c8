"""Waiting that another thread can end."""

from __future__ import annotations

import threading

from rag.fetching.errors import FetchError


class Stopped(FetchError):
    """Another thread has ended the waiting."""


class StoppableWait:
    """Waits in one thread; another thread can end all waiting, for good."""

    def __init__(self) -> None:
        """Create a wait that is not stopped."""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End all waiting, now and later; any thread may call it."""
        self._stopped.set()

    def check(self) -> None:
        """Return if :meth:`stop` was not called.

        Raises:
            Stopped: it was called.
        """
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Wait some seconds; a negative number counts as 0.

        Raises:
            Stopped: :meth:`stop` was called.
        """
        if self._stopped.wait(max(0.0, seconds)):
            raise Stopped("it was stopped", temporary=True)

"""Waiting that can be ended."""

from __future__ import annotations

import threading

from rag.fetching.errors import FetchError


class Stopped(FetchError):
    """Waiting was ended by another thread."""


class Pauses:
    """Lets one thread wait, and others end that for good."""

    def __init__(self) -> None:
        """Begin with nothing to wait for."""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End all waiting, now and later; may be called from any thread."""
        self._stopped.set()

    def check(self) -> None:
        """Go on if nobody has ended it.

        Raises:
            Stopped: somebody has.
        """
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Wait, if there is anything to wait for.

        Raises:
            Stopped: it was ended.
        """
        if self._stopped.wait(max(0.0, seconds)):
            raise Stopped("it was stopped", passing=True)

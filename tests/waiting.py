"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120.0
"""Seconds after which a test takes it that what it waits for never happens.

It is far more than a slow machine needs, so that only a fault makes a test wait in vain.
"""


def wait_until(holds: Callable[[], bool], ended: Callable[[], int | None] | None = None) -> None:
    """Return as soon as the condition holds.

    Args:
        holds: the condition.
        ended: returns the exit status of the process that brings the condition about; None while
            it runs. A process that has ended brings nothing about, so the test fails at once.
    """
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        status = None if ended is None else ended()
        assert status is None or holds(), f"the process ended before, with status {status}"
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)

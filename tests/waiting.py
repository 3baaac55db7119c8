"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120.0
"""Seconds after which a test takes it that what it waits for never happens.

It is far more than a slow machine needs, so that only a fault makes a test wait in vain.
"""


def wait_until(holds: Callable[[], bool]) -> None:
    """Return as soon as the condition holds."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)

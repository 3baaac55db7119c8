"""Whether the last third of a run is like its first third."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.soak.minute import LOGS, Minute

WARM_UP = 30
"""Minutes of a run that are not compared: caches fill, and the encoder keeps memory for each shape
of a batch that it meets. With batches of all lengths that takes half an hour."""

LEAST = 3
"""Minutes to be compared: a third of fewer is nothing."""


@dataclass(frozen=True)
class Compared:
    """A figure in the first and in the last third of a run.

    Attributes:
        name: of the figure.
        first: its median in the first third.
        last: its median in the last one.
        most: what the last one may be.
    """

    name: str
    first: float
    last: float
    most: float

    @property
    def is_flat(self) -> bool:
        """Whether the figure has not risen by more than it may."""
        return self.last <= self.most


def compared(minutes: Sequence[Minute]) -> list[Compared]:
    """Compare the thirds of a run; nothing if it is too short.

    All bounds were chosen manually, not tuned: a leak of one thing for each request is far above
    them within twenty minutes.

    Args:
        minutes: of one run, in their order.
    """
    steady = minutes[WARM_UP:]
    if len(steady) < LEAST:
        return []
    third = len(steady) // 3

    def figure(name: str, of: Callable[[Minute], float], share: float, more: float) -> Compared:
        first = statistics.median(map(of, steady[:third]))
        last = statistics.median(map(of, steady[-third:]))
        return Compared(name, first, last, first * share + more)

    return [
        figure("server MB", lambda each: each.server_mb, 1.1, 64),
        figure("server MB, without files", lambda each: each.own_mb, 1.1, 16),
        figure("readers MB", lambda each: each.readers_mb, 1.25, 64),
        figure("handles", lambda each: each.handles, 1, 10),
        figure("threads", lambda each: each.threads, 1, 4),
        # Without what other programs took of the processors.
        figure("p95 ms, alone", lambda each: each.p95_ms / each.slowdown, 1.5, 10),
        *(
            # A log of fewer KB is not even due to be written to its database.
            figure(f"log of {name}, KB", partial(_kb, name), 1.5, 4100)
            for name in LOGS
        ),
    ]


def _kb(name: str, minute: Minute) -> float:
    return float(getattr(minute, f"{name}_kb"))

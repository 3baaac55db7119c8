"""Limits that the kernel holds this process to, one step of its work after the other."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.isolation.limits import Allowance

_STATM = Path("/proc/self/statm")

_KEPT_SHARE = 0.25
"""Share of the memory that may still be held after a document; with more, the next one could fail
for what this one has left behind."""


class StepLimits:
    """Limits of the present step; a step ends with each article.

    A step that exceeds its computing time ends the process by SIGXCPU, one that lasts too long by
    SIGALRM, also inside a parser that never returns to Python. If there is too little memory,
    Python raises MemoryError, and some parsers end the process.
    """

    def __init__(self) -> None:
        """Remember how much memory the process has before it reads anything."""
        self._base = _address_space()
        self._wall_s = 0.0
        self._cpu_s = 0
        self._memory = 0

    def begin(self, allowance: Allowance) -> None:
        """Begin a step that may cost as much."""
        self._cpu_s, self._wall_s = allowance.cpu_s, allowance.wall_s
        self._memory = allowance.memory_mb * 2**20
        if self._base:
            _set_soft(resource.RLIMIT_AS, self._base + self._memory)
        self.renew()

    def renew(self) -> None:
        """Begin another step of the same document."""
        _set_soft(resource.RLIMIT_CPU, int(time.process_time()) + 1 + self._cpu_s)
        signal.setitimer(signal.ITIMER_REAL, self._wall_s)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock while the process waits for its parent."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        yield
        signal.setitimer(signal.ITIMER_REAL, self._wall_s)

    def end(self) -> None:
        """End the last step: waiting for the next task has no limits."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    @property
    def holds_much(self) -> bool:
        """Whether so much memory is held that a new process should go on."""
        return _address_space() - self._base > _KEPT_SHARE * self._memory > 0


def _set_soft(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, hard))


def _address_space() -> int:
    """Return the bytes of this process's address space; 0 where the system does not tell."""
    try:
        return int(_STATM.read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0

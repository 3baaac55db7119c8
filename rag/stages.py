"""Stages of answering a question: how long each takes, and a place to stop between two.

Whoever calls :func:`watched` hears of the stages that its thread goes through inside the block; the
functions that search and answer need to know nothing of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Stage = Literal["question", "vectors", "words", "ranking", "hits", "quotes", "chat"]
"""Reading and encoding the question; in it nothing is looked up yet. Then, within ``ranking``, and
once for each language, the search by ``vectors`` and by ``words``; fetching what is shown of the
hits; verifying quotes; having a chat model write."""


@dataclass(frozen=True)
class Watch:
    """What is told of stages.

    Attributes:
        on_stage: called when one has ended, with when it began, in nanoseconds since 1970, and how
            many nanoseconds it took.
        check: called when one begins, and between the pieces that a chat model writes; what it
            raises ends the work.
    """

    on_stage: Callable[[Stage, int, int], object]
    check: Callable[[], object]


_WATCH: ContextVar[Watch | None] = ContextVar("tamngu_watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Tell of the stages of what this thread does inside the block."""
    before = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(before)


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Be in a stage inside the block."""
    watch = _WATCH.get()
    if watch is None:
        yield
        return
    watch.check()
    began_at, started = time.time_ns(), time.perf_counter_ns()
    try:
        yield
    finally:
        watch.on_stage(name, began_at, time.perf_counter_ns() - started)


def check() -> None:
    """Go on, unless whoever watches wants this work to end."""
    watch = _WATCH.get()
    if watch is not None:
        watch.check()

"""Stages of answering a question: how long each takes, and a place to stop between two of them.

A caller of :func:`watched` is called back for each stage that its thread goes through inside the
block. The functions that search and answer do not know about it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal

Stage = Literal["question", "vectors", "words", "ranking", "hits", "reading", "quotes", "chat"]
"""In the order in which they begin. ``question``: reading and encoding the question, before
anything is searched. ``ranking``, and within it, once for each language, ``vectors`` and ``words``:
the search by each. ``hits``: fetching what is shown. ``reading``: reading the best passages.
``quotes``: verifying quotes. ``chat``: a chat model writes."""


@dataclass(frozen=True)
class StageListener:
    """What is called at the stages.

    Attributes:
        on_stage: called when a stage has ended, with the time at which it began, in nanoseconds
            since 1970, and the nanoseconds that it took.
        check: called when a stage begins, and between the pieces that a chat model writes. An error
            that it raises ends the work.
        on_begin: called with the name of each stage that begins.
    """

    on_stage: Callable[[Stage, int, int], object] = lambda *_: None
    check: Callable[[], object] = lambda: None
    on_begin: Callable[[Stage], object] = lambda _: None


_LISTENER: ContextVar[StageListener | None] = ContextVar("tamngu_stage_listener", default=None)


@contextmanager
def watched(listener: StageListener) -> Iterator[None]:
    """Call a listener at the stages of what this thread does inside the block."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


@contextmanager
def announced(on_begin: Callable[[Stage], object]) -> Iterator[None]:
    """Also call a function with the name of each stage that begins inside the block."""
    with watched(replace(_LISTENER.get() or StageListener(), on_begin=on_begin)):
        yield


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Mark a block as a stage."""
    listener = _LISTENER.get()
    if listener is None:
        yield
        return
    listener.check()
    listener.on_begin(name)
    began_at, started = time.time_ns(), time.perf_counter_ns()
    try:
        yield
    finally:
        listener.on_stage(name, began_at, time.perf_counter_ns() - started)


def check() -> None:
    """Raise what the listener raises when it wants this work to end."""
    listener = _LISTENER.get()
    if listener is not None:
        listener.check()

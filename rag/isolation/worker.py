"""The work of a reading process: it takes tasks and sends what it finds."""

from __future__ import annotations

import dataclasses
import os
import pickle
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rag.isolation.messages import (
    Answer,
    Begun,
    CallTask,
    Ended,
    Failed,
    Finished,
    ReadTask,
    Retiring,
    Task,
    encoded,
    shortened,
)
from rag.isolation.step_limits import StepLimits
from rag.isolation.wire import Wire
from rag.readers.document import Document
from rag.readers.files import read_document
from rag.readers.formats.feed import entry_article
from rag.readers.listing import listed
from rag.readers.pages.repeated_in_stream import uncut_text
from rag.readers.watch import Watch
from tamngu.records.article import Article
from tamngu.records.rejection import MAX_REJECTIONS, Rejection

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "uncut_text": uncut_text,
    "listed": lambda content, url: [dataclasses.asdict(each) for each in listed(content, url)],
    "feed_article": entry_article,
}
"""What :class:`rag.isolation.messages.CallTask` can call."""


def serve(wire: Wire, limits: StepLimits | None = None) -> None:
    """Do the tasks that come over a wire, until its other end is closed.

    Args:
        wire: to the program.
        limits: what this process is held to; default: what the kernel enforces.
    """
    worker = _Worker(wire, limits)
    while True:
        try:
            message = wire.receive()
        except EOFError:
            return
        assert message is not None
        tasks: tuple[Task, ...] = pickle.loads(message)
        for task in tasks:
            worker.perform(task)


class _Worker:
    """Does tasks under limits; the limits of one process are one state."""

    def __init__(self, wire: Wire, limits: StepLimits | None) -> None:
        self._wire = wire
        self._limits = limits or StepLimits()

    def perform(self, task: Task) -> None:
        if isinstance(task, CallTask):
            self._begin(task, task.document)
            self._answer(_called(task))
        else:
            self._read(task)
        self._limits.end()
        self._retire_if_large()

    def _read(self, task: ReadTask) -> None:
        document = task.document
        most_s = task.limits.of(document.kind).whole_cpu_s(document.size)
        until = time.process_time() + most_s

        def end(inner: Document) -> None:
            if inner.place:
                self._answer(Ended(inner.place))
                self._retire_if_large()

        watch = Watch(lambda inner: not task.done.has(inner.place), partial(self._begin, task), end)
        rejected = 0
        for item in read_document(document, task.reading, watch=watch):
            if isinstance(item, Article):
                self._answer(item)
            else:
                rejected += item.count
                if rejected <= MAX_REJECTIONS:
                    self._answer(shortened(item))
            if time.process_time() > until:
                reason = f"it takes more than {most_s} s of computing; its rest was not read"
                self._answer(Rejection(document.name, reason))
                break
            self._limits.renew()
        if rejected > MAX_REJECTIONS:
            more = rejected - MAX_REJECTIONS
            reason = f"{more:,} more parts of it have no article"
            self._answer(Rejection(document.name, reason, more))
        self._answer(Finished())

    def _begin(self, task: Task, document: Document) -> None:
        self._limits.begin(task.limits.allowance(document, task.document))
        self._answer(Begun(document.name[:300], document.kind, document.size, document.place))

    def _answer(self, answer: Answer) -> None:
        message = encoded(answer)
        with self._limits.paused():
            self._wire.send(message)

    def _retire_if_large(self) -> None:
        if self._limits.holds_much:
            self._answer(Retiring())
            os._exit(0)


def _called(task: CallTask) -> Answer:
    try:
        found = FUNCTIONS[task.function](*task.arguments)
    except ValueError as error:
        return Failed(str(error)[:300])
    except MemoryError:
        raise
    except Exception as error:
        return Failed(f"its parser failed ({type(error).__name__}: {error})"[:300])
    return found if isinstance(found, Article) else Finished(found)

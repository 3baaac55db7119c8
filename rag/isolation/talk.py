"""What is asked of a reading process, what it answers, and what it means when it ends."""

from __future__ import annotations

import pickle
import signal
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from rag.isolation.done import Done
from rag.isolation.limits import Allowance, Limits
from rag.isolation.messages import (
    Answer,
    Begun,
    CallTask,
    Ended,
    Failed,
    Finished,
    Retiring,
    Task,
    decoded,
)
from rag.isolation.processes import Processes, Worker, reason_of
from rag.readers.document import Document
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_TICK_S = 0.1
"""Seconds between two checks whether the reading was stopped."""

_GRACE_S = 5.0
"""Seconds that a process gets beyond the limit that it should have kept by itself."""

_SEND_S = 60.0
"""Seconds for a process to take its tasks."""

_MAX_BAD = 8
"""Documents inside one document that may end their reader; then the rest is not read."""


@dataclass
class DocumentState:
    """How far the reading of one document is.

    Attributes:
        whole: the document itself.
        at: the document that is parsed now: itself, or one inside it.
        done: the documents inside it that are not to be read again.
        bad: how many documents inside it have ended their reader.
        is_lost: whether a reader was lost already that the document had not ended.
        is_over: whether nothing more of it is read.
        received: number of articles and rejections of each document, by its place, that is not
            done.
        known: how many of them another process is going to send again.
    """

    whole: Begun
    at: Begun
    done: Done = field(default_factory=Done)
    bad: int = 0
    is_lost: bool = False
    is_over: bool = False
    received: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def is_new(self) -> bool:
        """Count an article or a rejection; tell whether no earlier process has sent it."""
        place = self.at.place
        if self.known[place]:
            self.known[place] -= 1
            return False
        self.received[place] += 1
        return True

    def end(self, place: str) -> None:
        """Note that a document inside it is done."""
        self.done.add(place)
        del self.received[place]

    def begin_again(self) -> None:
        """Note that another process reads the document, without what is done of it."""
        self.at = self.whole
        self.known = self.received.copy()


def state_of(document: Document) -> DocumentState:
    """Return the state of a document of which nothing was read yet."""
    begun = Begun(document.name, document.kind, document.size, document.place)
    return DocumentState(begun, begun)


@dataclass(frozen=True)
class Talk:
    """Asks reading processes, and watches them.

    Attributes:
        processes: makes and ends them.
        limits: what documents may cost.
        check: called several times a second while a process is waited for; an error that it raises
            ends the waiting.
    """

    processes: Processes
    limits: Limits
    check: Callable[[], object]

    def send(self, worker: Worker, *tasks: Task) -> None:
        """Give tasks to a process that has none."""
        # If it has ended, that is noticed when its answer is read.
        with suppress(OSError):
            worker.wire.send(pickle.dumps(tasks), _SEND_S)

    def hear(
        self, worker: Worker, state: DocumentState
    ) -> Generator[Article | Rejection, None, bool]:
        """Yield what a process finds in a document, until the document or the process ends.

        Returns:
            Whether the process can go on; if not, it was ended.
        """
        is_retiring = False
        while True:
            try:
                answer = self._answer(worker, state)
            except EOFError:
                status = self.processes.end(worker)
                # The system may have killed this process only because it was large.
                lost = is_retiring or (status == signal.SIGKILL and not state.is_lost)
                state.is_lost = state.is_lost or not is_retiring
                if not lost:
                    yield from self._blame(state, reason_of(status, self._allowed(state)))
                return False
            except ValueError as error:
                self.processes.end(worker)
                yield from self._blame(state, str(error))
                return False
            match answer:
                case Begun():
                    state.at = answer
                case Ended():
                    state.end(answer.place)
                case Article() | Rejection():
                    if state.is_new():
                        yield answer
                case Retiring():
                    is_retiring = True
                case Finished() | Failed():
                    state.is_over = True
                    return True

    def call(self, worker: Worker, task: CallTask) -> tuple[Worker, Any]:
        """Return the process that is free again, and the value of a function as JSON has it.

        After an error the process was ended.

        Raises:
            ValueError: the function costs too much.
        """
        state, is_lost = state_of(task.document), False
        self.send(worker, task)
        while True:
            try:
                answer = self._answer(worker, state)
            except EOFError:
                status = self.processes.end(worker)
                # 0: it held much memory after an earlier document.
                if is_lost or status not in (0, signal.SIGKILL):
                    raise ValueError(reason_of(status, self._allowed(state))) from None
                is_lost = True
                worker = self.processes.fork(self.check)
                self.send(worker, task)
                continue
            except BaseException:
                self.processes.end(worker)
                raise
            if isinstance(answer, Finished | Failed | Article):
                return worker, answer.value if isinstance(answer, Finished) else answer

    def _blame(self, state: DocumentState, reason: str) -> Generator[Rejection, None, None]:
        """Reject the document that was parsed; the others inside the same document are read."""
        yield Rejection(state.at.name, reason)
        if not state.at.place:
            state.is_over = True
            return
        state.end(state.at.place)
        state.bad += 1
        if state.bad >= _MAX_BAD:
            state.is_over = True
            reason = f"{state.bad} documents inside it end their reader; the rest was not read"
            yield Rejection(state.whole.name, reason)

    def _answer(self, worker: Worker, state: DocumentState) -> Answer:
        """Return the next answer of a process.

        Raises:
            EOFError: the process has ended.
            ValueError: it takes too long, or sends what is no answer; it is still there.
        """
        limit_s = self._allowed(state).wall_s
        waited_s = 0.0
        while True:
            self.check()
            message = worker.wire.receive(_TICK_S)
            if message is not None:
                return decoded(message)
            # Only the time counts in which nobody but the process had anything to do.
            waited_s += _TICK_S
            if waited_s > limit_s + _GRACE_S:
                raise ValueError(f"it takes more than {limit_s} s")

    def _allowed(self, state: DocumentState) -> Allowance:
        return self.limits.allowance(state.at, state.whole)

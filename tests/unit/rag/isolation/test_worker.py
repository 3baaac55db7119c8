"""What a reading process does, in this process: only without the limits that end it."""

from __future__ import annotations

import io
import pickle
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rag.isolation.limits import Allowance, Limits
from rag.isolation.messages import (
    MAX_BYTES,
    Answer,
    Begun,
    CallTask,
    Ended,
    Failed,
    Finished,
    ReadTask,
    Task,
    decoded,
)
from rag.isolation.step_limits import StepLimits
from rag.isolation.wire import Wire
from rag.isolation.worker import serve
from rag.readers.document import Document
from rag.readers.reading_options import DEFAULT_READING
from tamngu.records.article import Article
from tamngu.records.rejection import MAX_REJECTIONS, Rejection
from tests.word_file import zipped


class NoLimits(StepLimits):
    """Remembers what steps were allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed: list[Allowance] = []

    def begin(self, allowance: Allowance) -> None:
        self.allowed.append(allowance)

    def renew(self) -> None: ...

    @contextmanager
    def paused(self) -> Iterator[None]:
        yield

    def end(self) -> None: ...


def document(kind: str, data: bytes) -> Document:
    return Document("a", "a", kind, "s", partial(io.BytesIO, data), size=len(data))


def read(kind: str, data: bytes) -> ReadTask:
    return ReadTask(document(kind, data), DEFAULT_READING, Limits())


def done(*tasks: Task, limits: NoLimits | None = None) -> list[Answer]:
    """Have tasks done; return the answers."""
    ours, theirs = socket.socketpair()
    wire, other = Wire(ours, MAX_BYTES), Wire(theirs, MAX_BYTES)
    thread = threading.Thread(target=serve, args=(other, limits or NoLimits()))
    thread.start()
    wire.send(pickle.dumps(tasks))
    answers: list[Answer] = []
    while sum(isinstance(each, Finished | Failed) for each in answers) < len(tasks):
        message = wire.receive()
        assert message is not None
        answers.append(decoded(message))
    wire.close()
    thread.join()
    other.close()
    return answers


def test_it_says_what_it_is_at() -> None:
    members = zipped({"a.md": b"One.", "b.zip": zipped({"c.md": b"Two."})})
    limits = NoLimits()
    answers = done(read(".zip", members), limits=limits)
    told = [
        (type(each).__name__, each.place) for each in answers if isinstance(each, Begun | Ended)
    ]
    texts = [each.text for each in answers if isinstance(each, Article)]
    assert texts == ["One.", "Two."]
    assert [place for what, place in told if what == "Ended"] == ["/0", "/1/0", "/1"]
    assert told[0] == ("Begun", "")
    # Whatever is read, it is told before.
    assert {place for what, place in told if what == "Begun"} == {"", "/0", "/1", "/1/0"}
    assert len(limits.allowed) == sum(what == "Begun" for what, _ in told)


def test_what_is_done_is_passed_over() -> None:
    members = zipped({f"{n}.txt": f"Story {n}.".encode() for n in range(4)})
    task = read(".zip", members)
    for place in ("/0", "/2"):
        task.done.add(place)
    texts = [each.text for each in done(task) if isinstance(each, Article)]
    assert texts == ["Story 1.", "Story 3."]


def test_rejections_beyond_a_number_are_one() -> None:
    answers = done(read(".jsonl", b"x\n" * (MAX_REJECTIONS + 5)), read(".txt", b"Text."))
    rejections = [each for each in answers if isinstance(each, Rejection)]
    assert len(rejections) == MAX_REJECTIONS + 1
    assert rejections[-1] == Rejection("a", "5 more parts of it have no article", 5)
    assert isinstance(answers[-2], Article)


def test_a_function_that_fails_says_why() -> None:
    listing = document(".xml", b"")
    for function, arguments, reason in (
        ("listed", (b"<p>", "https://a.example/"), "feed"),
        ("listed", (None, None), "its parser failed (AttributeError"),
    ):
        task = CallTask(listing, function, arguments, Limits())  # type: ignore[arg-type]
        failed = done(task)[-1]
        assert isinstance(failed, Failed)
        assert reason in failed.reason

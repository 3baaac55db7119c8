"""Reads documents in other processes, and names those that cost too much or end their reader."""

from __future__ import annotations

import io
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rag.isolation.done import Done
from rag.isolation.limits import Limits
from rag.isolation.messages import CallTask, Failed, Function, ReadTask, entries_of
from rag.isolation.processes import Processes, Worker
from rag.isolation.talk import Talk, state_of
from rag.readers.document import Document
from rag.readers.listing import Entry
from rag.readers.reading_options import DEFAULT_READING, Reading
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

WORKERS = 2
"""Documents that are read at the same time: one is read while another one's articles are taken."""

_AT_ONCE = 16
_AT_ONCE_BYTES = 4 * 2**20
"""Documents, and their bytes, that a process reads before another one is made in its place, which
costs about 4 ms. Chosen manually, not tuned."""

Tag = TypeVar("Tag")
Asked = Document | Rejection | None


class Stopped(Exception):
    """The reading was stopped by :meth:`Readers.stop`."""


@dataclass
class _Flight(Generic[Tag]):
    """Documents that were given to a process, and are not read yet.

    Attributes:
        worker: the process; None if nothing is to be read.
        waiting: the documents, with their tags.
    """

    worker: Worker | None
    waiting: deque[tuple[Tag, Asked]]


class Readers:
    """Reads documents in a few other processes; as a context manager it ends them.

    They are started when the first document is read. One thread uses it; only :meth:`stop` may be
    called by another one.
    """

    def __init__(
        self,
        reading: Reading = DEFAULT_READING,
        limits: Limits | None = None,
        *,
        check: Callable[[], object] = lambda: None,
        processes: Processes | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            reading: how documents are read.
            limits: what documents may cost; default: as the environment says.
            check: called several times a second while a document is read; an error that it raises
                ends the reading.
            processes: makes the processes, and may be used again later; default: processes that
                end with this object.

        Raises:
            BadLimits: the environment says what is not allowed.
        """
        self.reading = reading
        self._limits = limits or Limits.from_environment()
        self._check = check
        self._stopped = threading.Event()
        self._owns = processes is None
        self._processes = processes or Processes()
        self._talk = Talk(self._processes, self._limits, self.check)
        # Calls functions; its number of calls.
        self._caller: Worker | None = None
        self._calls = 0

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._caller is not None:
            self._processes.end(self._caller)
            self._caller = None
        if self._owns:
            self._processes.close()

    def stop(self) -> None:
        """End the reading at once with :class:`Stopped`; another thread may call this."""
        self._stopped.set()
        self._processes.kill()

    def check(self) -> None:
        """Return if the reading may go on.

        Raises:
            Stopped: :meth:`stop` was called.
        """
        if self._stopped.is_set():
            raise Stopped
        self._check()

    def read(
        self, asked: Iterable[tuple[Tag, Asked]]
    ) -> Iterator[tuple[Tag, Article | Rejection | None]]:
        """Yield the articles and rejections of documents, in the order of the documents.

        Args:
            asked: documents, each with a tag of the caller's; some are taken ahead. A rejection in
                the place of a document is yielded; None means that there is nothing to read.

        Yields:
            The tag of a document, with an article or a rejection; at its end, with None.

        Raises:
            Stopped: :meth:`stop` was called.
            ReadersFailed: no process can be started.
        """
        left = iter(asked)
        flights: deque[_Flight[Tag]] = deque()
        try:
            while True:
                while len(flights) < WORKERS and (group := _group(left)):
                    flights.append(self._launched(group))
                if not flights:
                    return
                yield from self._landed(flights[0])
                # A new process for the next ones: a document may have done something to this one
                # that does not show.
                if (worker := flights.popleft().worker) is not None:
                    self._processes.end(worker)
        finally:
            for flight in flights:
                if flight.worker is not None:
                    self._processes.end(flight.worker)

    def uncut_text(self, document: Document) -> str:
        """Do :func:`rag.readers.pages.repeated_in_stream.uncut_text`; empty if it is too costly."""
        try:
            return str(self._called("uncut_text", document, document))
        except ValueError:
            return ""

    def listed(self, content: bytes, url: str) -> list[Entry]:
        """Do :func:`rag.readers.listing.listed`.

        Raises:
            ValueError: the content is no listing, or costs too much.
        """
        listing = Document(url, url, ".xml", url, io.BytesIO, size=len(content))
        return entries_of(self._called("listed", listing, content, url))

    def feed_article(self, entry: Entry, page: Document) -> Article:
        """Do :func:`rag.readers.formats.feed.entry_article`.

        Raises:
            ValueError: the entry has no article, or costs too much.
        """
        found = self._called("feed_article", page, entry, page)
        if not isinstance(found, Article):
            raise ValueError("it has no article")
        return found

    def _launched(self, group: deque[tuple[Tag, Asked]]) -> _Flight[Tag]:
        if not any(isinstance(each, Document) for _, each in group):
            return _Flight(None, group)
        flight = _Flight(self._processes.fork(self.check), group)
        self._send(flight)
        return flight

    def _called(self, function: Function, document: Document, *arguments: Any) -> Any:  # noqa: ANN401 - as JSON has it
        task = CallTask(document, function, arguments, self._limits)
        self._caller, value = self._talk.call(self._taken_caller(), task)
        if isinstance(value, Failed):
            raise ValueError(value.reason)
        return value

    def _taken_caller(self) -> Worker:
        """Return the process that is to call a function; it is given back after the call."""
        worker, self._caller = self._caller, None
        self._calls += 1
        if worker is not None and self._calls <= _AT_ONCE:
            return worker
        if worker is not None:
            self._processes.end(worker)
        self._calls = 1
        return self._processes.fork(self.check)

    def _landed(self, flight: _Flight[Tag]) -> Iterator[tuple[Tag, Article | Rejection | None]]:
        """Yield what the documents of a flight hold; a process that has ended is replaced."""
        while flight.waiting:
            tag, asked = flight.waiting[0]
            if isinstance(asked, Document):
                yield from self._read(flight, tag, asked)
            else:
                flight.waiting.popleft()
                if asked is not None:
                    yield tag, asked
            yield tag, None

    def _read(
        self, flight: _Flight[Tag], tag: Tag, document: Document
    ) -> Iterator[tuple[Tag, Article | Rejection]]:
        """Yield what the first document of a flight holds, and take it out of the flight."""
        state = state_of(document)
        is_over = False
        while not is_over:
            assert flight.worker is not None
            is_alive = yield from _tagged(tag, self._talk.hear(flight.worker, state))
            is_over = state.is_over
            if is_over:
                flight.waiting.popleft()
            if not is_alive:
                flight.worker = None
                state.begin_again()
                flight.worker = self._processes.fork(self.check)
                self._send(flight, Done() if is_over else state.done)

    def _send(self, flight: _Flight[Tag], done: Done | None = None) -> None:
        """Send the documents of a flight, and what of the first one is done."""
        documents = [each for _, each in flight.waiting if isinstance(each, Document)]
        first = iter([done or Done()])
        tasks = (
            ReadTask(each, self.reading, self._limits, next(first, None) or Done())
            for each in documents
        )
        assert flight.worker is not None
        self._talk.send(flight.worker, *tasks)


def _tagged(
    tag: Tag, items: Generator[Article | Rejection, None, bool]
) -> Generator[tuple[Tag, Article | Rejection], None, bool]:
    """Yield items with a tag; return what their generator returns."""
    while True:
        try:
            item = next(items)
        except StopIteration as ended:
            return bool(ended.value)
        yield tag, item


def _group(left: Iterator[tuple[Tag, Asked]]) -> deque[tuple[Tag, Asked]]:
    """Take some documents that are read by one process, one after the other."""
    group: deque[tuple[Tag, Asked]] = deque()
    size = 0
    for tag, asked in left:
        group.append((tag, asked))
        size += asked.size if isinstance(asked, Document) else 0
        if len(group) >= _AT_ONCE or size >= _AT_ONCE_BYTES:
            break
    return group

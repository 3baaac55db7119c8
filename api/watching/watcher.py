"""The thread that polls feeds when their time has come, and looks through new articles."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api.jobs.background import errors_logged
from api.jobs.runner import JobRunner
from api.jobs.store import new_id
from api.state import State, alone
from api.watching.feeds import FeedStore
from api.watching.looking import look_through
from api.watching.questions import Due, QuestionStore
from embeddings import TamnguError
from rag.collection.collection import Collection
from rag.errors import CollectionNotFound
from rag.stages import StageListener, watched
from tamngu.records.job import ImportAsked, Progress
from tamngu.records.watched_feed import WatchedFeed

_LOG = logging.getLogger("tamngu.api")

_LOOK_EVERY_S = 5.0
"""Seconds between two looks for feeds whose time has come and for new articles. A look takes about
a millisecond. Chosen manually, not tuned."""


class _Stopped(Exception):
    """The service stops."""


class Watcher:
    """Polls the watched feeds of a service, and looks through new articles for saved questions.

    Any number of processes may run one; the work is done by one of them at a time.
    """

    def __init__(
        self,
        state: State,
        feeds: FeedStore,
        questions: QuestionStore,
        jobs: JobRunner,
        open_collection: Callable[[str], Collection],
    ) -> None:
        """Remember the arguments; nothing runs yet.

        Args:
            state: of the service.
            feeds: that are watched.
            questions: that are saved.
            jobs: imports the pages of feeds.
            open_collection: returns the collection of a name.
        """
        self._feeds = feeds
        self._questions = questions
        self._jobs = jobs
        self._open_collection = open_collection
        self._state = state
        self._said: dict[str, str] = {}
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what it was looking through is looked through again later."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        self._feeds.close()
        self._questions.close()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with errors_logged("Cannot look for new articles"), self._only_here() as is_mine:
                if is_mine:
                    self._poll_feeds()
                    self._look_through()
            self._wake.wait(_LOOK_EVERY_S)
            self._wake.clear()

    @contextmanager
    def _only_here(self) -> Iterator[bool]:
        """Yield True if no other process does this work; it does none meanwhile."""
        # Nothing is written into a home that nobody has saved anything in.
        if not (self._feeds.exists or self._questions.exists):
            yield False
            return
        # A home that cannot be written is searched, and nothing is looked for in it.
        with alone(self._state, "watching") as is_mine:
            yield is_mine

    def _poll_feeds(self) -> None:
        for feed in self._feeds.due():
            if not self._is_running(feed) and self._feeds.claim(feed):
                asked = ImportAsked(feeds=(feed.url,), most=feed.most)
                start = Progress(unit="pages", total=1)
                job = self._jobs.store.add(new_id(), feed.collection, asked, start)
                self._feeds.polled(feed.id, job.id)
                self._jobs.wake()

    def _is_running(self, feed: WatchedFeed) -> bool:
        job = self._jobs.store.get(feed.job_id) if feed.job_id is not None else None
        return job is not None and not job.has_ended

    def _look_through(self) -> None:
        for due in self._questions.due():
            try:
                with watched(StageListener(check=self._check)):
                    self._look_for(due)
            except _Stopped:
                return
            except CollectionNotFound:
                # It may be made again.
                continue
            except TamnguError as error:
                # Another question may be about a collection that can be opened. This one is asked
                # again in seconds, and its error is said once.
                if self._said.get(due.id) != str(error):
                    self._said[due.id] = str(error)
                    _LOG.warning("Cannot look through articles of %s: %s", due.collection, error)

    def _look_for(self, due: Due) -> None:
        self._check()
        look_through(self._open_collection(due.collection), self._questions, due)

    def _check(self) -> None:
        if self._stopping.is_set():
            raise _Stopped

"""What all routes share: the collections of a home, the model, and the worker threads."""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Query, Request

from api.auth.key import Key
from api.auth.scopes import ANYONE, check_reach, key_of
from api.feedback.store import FeedbackStore
from api.idempotency.store import IdempotencyStore
from api.jobs.runner import JobRunner
from api.middleware.metrics import Metrics
from api.settings import Settings
from api.state import State
from api.watching.feeds import FeedStore
from api.watching.questions import QuestionStore
from api.watching.watcher import Watcher
from api.worker_pool import WorkerPool
from embeddings import Encoder
from rag import Collection
from rag.answering.chat import Chat
from rag.collection.paths import Home
from reading import Reader
from reading.load import NO_READER

CollectionName = Annotated[str | None, Query(alias="collection")]
"""The collection of a request; default: the one that the service was started with."""


LOCK_WAIT_S = 2.0
"""Seconds that a request waits while another process writes to its collection; then it gets 503."""


class OpenCollections:
    """The collections of one home; each is opened at its first use and stays open."""

    def __init__(self, home: Home, encoder: Encoder, reader: Reader | None) -> None:
        """Open collections under a home.

        Args:
            home: of all collections.
            encoder: that all of them were built with.
            reader: reads what is found in any of them; None: nothing is read.
        """
        self._home = home
        self._encoder = encoder
        # A collection takes None to mean the reader that the environment names.
        self._reader = reader or NO_READER
        self._open: dict[str, Collection] = {}
        # A lock for each name: opening one collection may take minutes, and others need not wait.
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._check: Callable[[str], None] = lambda _: None

    def restricted(self, check: Callable[[str], None]) -> OpenCollections:
        """Return a view of the same collections; ``check`` raises for names that are forbidden."""
        view = copy.copy(self)
        view._check = check
        return view

    def get(self, name: str) -> Collection:
        """Return a collection.

        Raises:
            TamnguError: it does not exist, or cannot be opened.
        """
        self._check(name)
        with self._lock_of(name):
            opened = self._existing(name)
            if opened is None:
                opened = Collection.open(self._home, name, self._encoder, self._reader)
                opened.lock_wait_s = LOCK_WAIT_S
                opened.follow()
                self._open[name] = opened
            return opened

    def get_or_create(self, name: str) -> Collection:
        """Return a collection; if none has this name, create an empty one.

        Raises:
            TamnguError: it cannot be opened or created.
        """
        self._check(name)
        with self._lock_of(name):
            opened = self._existing(name)
            if opened is None:
                opened = Collection.open_or_create(self._home, name, self._encoder, self._reader)
                opened.lock_wait_s = LOCK_WAIT_S
                opened.follow()
                self._open[name] = opened
            return opened

    def _lock_of(self, name: str) -> threading.Lock:
        """Return the lock of a name, which is forgotten when nobody holds it or waits for it."""
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())

    def _existing(self, name: str) -> Collection | None:
        """Return a collection that is open, unless another process has deleted it since."""
        opened = self._open.get(name)
        if opened is None or opened.exists:
            return opened
        del self._open[name]
        opened.close()
        return None

    def forget(self, name: str) -> None:
        """Close a collection if it is open."""
        self._check(name)
        with self._lock_of(name):
            collection = self._open.pop(name, None)
        if collection is not None:
            collection.close()

    def close(self) -> None:
        """Close all collections."""
        for name in list(self._open):
            self.forget(name)


@dataclass(frozen=True)
class Answering:
    """How questions are answered; see :func:`rag.answering.ask.ask`."""

    abstain_below: float | None = None
    chat: Chat | None = None


@dataclass(frozen=True)
class Service:
    """What routes need to answer a request.

    Attributes:
        home: of the service's own files.
        state: what is kept beside the collections: in the home, or on a cluster.
        place: of all collections; the home, or a cluster.
        encoder: that all collections were built with.
        reader: reads what is found in any collection; None: nothing is read.
        collections: those that are open.
        default: the collection of requests that name none.
        answering: how questions are answered.
        settings: of the service.
        pool: runs everything that reads a collection or runs the model.
        changes: runs everything that writes to a collection, one change after the other. Writes
            take long, and a search must not wait for them.
        writers: runs everything that waits for a chat model.
        previews: runs everything that reads documents of strangers for a request that waits.
        lookups: runs everything else that waits for a disk: jobs, metrics, whether the service is
            ready. It is separate, because a busy service is ready too.
        metrics: of this process.
        jobs: of the home.
        idempotency: the writes that were done.
        feedback: what people said of answers.
        feeds: that are watched.
        questions: that are saved.
        watcher: polls the feeds, and looks through new articles for the questions.
        streams: of events about jobs that are open in this process, by the id of their key.
        key: the API key of the request; the service gives access to its collections only.
    """

    home: Path
    state: State
    place: Home
    encoder: Encoder
    reader: Reader | None
    collections: OpenCollections
    default: str
    answering: Answering
    settings: Settings
    pool: WorkerPool
    changes: WorkerPool
    writers: WorkerPool
    previews: WorkerPool
    lookups: WorkerPool
    metrics: Metrics
    jobs: JobRunner
    idempotency: IdempotencyStore
    feedback: FeedbackStore
    feeds: FeedStore
    questions: QuestionStore
    watcher: Watcher
    streams: Counter[str] = field(default_factory=Counter)
    key: Key = ANYONE

    def restricted_to(self, key: Key) -> Service:
        """Return the service as the holder of a key may use it."""
        collections = self.collections.restricted(lambda name: check_reach(key, name))
        return replace(self, key=key, collections=collections)

    def collection(self, name: str | None) -> Collection:
        """Return the collection of that name, or the default one.

        Raises:
            Forbidden: the key of the request does not reach it.
            TamnguError: it does not exist, or cannot be opened.
        """
        return self.collections.get(name or self.default)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    key = key_of(request)
    if key is None:
        # A reader of an open path may learn about the default collection, and about no other.
        key = replace(ANYONE, scopes=(), collections=(service.default,))
    return service.restricted_to(key)


ServiceOf = Annotated[Service, Depends(_service)]
"""A parameter of a route: the service as the key of the request may use it."""

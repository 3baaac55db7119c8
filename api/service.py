"""What all routes share: the collections of a home, the model, and the threads that work."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query, Request

from api.auth.key import Key
from api.auth.scopes import ANYONE, key_of, refuse_beyond
from api.idempotency.store import IdempotencyStore
from api.jobs.runner import JobRunner
from api.middleware.request_metrics import Metrics
from api.settings import Settings
from api.worker_pool import WorkPool
from embeddings import Encoder
from rag import Collection
from rag.answering.chat import Chat
from tamngu.records.request import ABSTAIN_BELOW

CollectionName = Annotated[str | None, Query(alias="collection")]
"""Which collection a request is about; default: the one that the service was started with."""


PATIENCE_S = 2.0
"""Seconds that a request waits for another process that writes to its collection; then 503."""


class OpenCollections:
    """The collections of one home, each opened when first asked for and kept open."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        """Look for collections under ``home``; all must have been built with ``encoder``."""
        self._home = home
        self._encoder = encoder
        self._open: dict[str, Collection] = {}
        self._lock = threading.Lock()
        self._check: Callable[[str], None] = lambda _: None

    def under(self, check: Callable[[str], None]) -> OpenCollections:
        """Return a view of the same that has ``check`` raise for names that it may not touch."""
        view = copy.copy(self)
        view._check = check
        return view

    def get(self, name: str) -> Collection:
        """Return a collection.

        Raises:
            TamnguError: it is not there, or cannot be opened.
        """
        self._check(name)
        with self._lock:
            opened = self._still_there(name)
            if opened is None:
                opened = _patient(Collection.open(self._home, name, self._encoder))
                self._open[name] = opened
            return opened

    def get_or_create(self, name: str) -> Collection:
        """Return a collection, an empty one where there was none of that name.

        Raises:
            TamnguError: it cannot be opened, or made.
        """
        self._check(name)
        with self._lock:
            opened = self._still_there(name)
            if opened is None:
                opened = _patient(Collection.open_or_create(self._home, name, self._encoder))
                self._open[name] = opened
            return opened

    def _still_there(self, name: str) -> Collection | None:
        """Return a collection that is open, unless another process has deleted it meanwhile."""
        opened = self._open.get(name)
        if opened is None or opened.is_there:
            return opened
        del self._open[name]
        opened.close()
        return None

    def forget(self, name: str) -> None:
        """Close a collection, if it is open."""
        self._check(name)
        with self._lock:
            collection = self._open.pop(name, None)
        if collection is not None:
            collection.close()

    def close(self) -> None:
        """Close all."""
        for name in list(self._open):
            self.forget(name)


def _patient(collection: Collection) -> Collection:
    collection.patience_s = PATIENCE_S
    return collection


@dataclass(frozen=True)
class Answering:
    """How questions are answered; see :func:`rag.answering.ask.ask`."""

    abstain_below: float = ABSTAIN_BELOW
    chat: Chat | None = None


@dataclass(frozen=True)
class Service:
    """What a request is answered with.

    Attributes:
        home: of all collections.
        encoder: that all of them were built with.
        collections: open ones.
        default: the collection that is asked where a request names none.
        answering: how.
        settings: see there.
        pool: for all that reads a collection or runs the model.
        changes: for what writes to a collection, one after the other: it takes long, and who
            searches is not to wait for it.
        writers: for what waits for a chat model to write.
        metrics: of this process.
        jobs: of the home, and what does them.
        idempotency: which writes were done.
        key: whose collections alone it gives out.
    """

    home: Path
    encoder: Encoder
    collections: OpenCollections
    default: str
    answering: Answering
    settings: Settings
    pool: WorkPool
    changes: WorkPool
    writers: WorkPool
    metrics: Metrics
    jobs: JobRunner
    idempotency: IdempotencyStore
    key: Key = ANYONE

    def of(self, key: Key) -> Service:
        """Return the service as whoever has that key may use it."""
        collections = self.collections.under(lambda name: refuse_beyond(key, name))
        return replace(self, key=key, collections=collections)

    def collection(self, name: str | None) -> Collection:
        """Return the collection of that name, or the default one.

        Raises:
            Forbidden: the key of the request does not reach it.
            TamnguError: it is not there, or cannot be opened.
        """
        return self.collections.get(name or self.default)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    key = key_of(request)
    if key is None:
        # Whoever reads an open path learns of the default collection and of no other.
        key = replace(ANYONE, scopes=(), collections=(service.default,))
    return service.of(key)


ServiceOf = Annotated[Service, Depends(_service)]
"""The service as the key of the request may use it, as a parameter of a route."""

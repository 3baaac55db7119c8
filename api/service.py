"""What all routes share: the collections of a home, the model, and the threads that work."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query, Request

from api.settings import Settings
from api.work import WorkPool
from embeddings import Encoder
from rag import Collection
from rag.chat import Chat
from rag.hit import ABSTAIN_BELOW

CollectionName = Annotated[str | None, Query(alias="collection")]
"""Which collection a request is about; default: the one that the service was started with."""


class OpenCollections:
    """The collections of one home, each opened when first asked for and kept open."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        """Look for collections under ``home``; all must have been built with ``encoder``."""
        self._home = home
        self._encoder = encoder
        self._open: dict[str, Collection] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Collection:
        """Return a collection.

        Raises:
            TamnguError: it is not there, or cannot be opened.
        """
        with self._lock:
            if name not in self._open:
                self._open[name] = Collection.open(self._home, name, self._encoder)
            return self._open[name]

    def forget(self, name: str) -> None:
        """Close a collection, if it is open."""
        with self._lock:
            collection = self._open.pop(name, None)
        if collection is not None:
            collection.close()

    def close(self) -> None:
        """Close all."""
        for name in list(self._open):
            self.forget(name)


@dataclass(frozen=True)
class Answering:
    """How questions are answered; see :func:`rag.answer.ask`."""

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
    """

    home: Path
    encoder: Encoder
    collections: OpenCollections
    default: str
    answering: Answering
    settings: Settings
    pool: WorkPool

    def collection(self, name: str | None) -> Collection:
        """Return the collection of that name, or the default one.

        Raises:
            TamnguError: it is not there, or cannot be opened.
        """
        return self.collections.get(name or self.default)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(_service)]
"""The service, as a parameter of a route."""

"""Helpers for tests of an application whose routes need keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.auth.store import KeyStore
from api.state import State

SEARCH = {"question": "Who chairs ASEAN?"}


@contextmanager
def opened(state: State) -> Iterator[KeyStore]:
    store = KeyStore(state)
    yield store
    store.close()


def as_(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}

"""Helpers for tests of an application whose routes need keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.auth.store import KeyStore

SEARCH = {"question": "Who chairs ASEAN?"}


@contextmanager
def opened(home: Path) -> Iterator[KeyStore]:
    store = KeyStore(home)
    yield store
    store.close()


def as_(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}

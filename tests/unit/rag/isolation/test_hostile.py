"""Hostile documents stop nothing: each of them is read or named, and the next one is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

import pytest

from rag.isolation.limits import Limits, changed
from rag.isolation.readers import Readers
from rag.readers.document import Document
from tamngu.records.article import Article
from tests.hostile import HOSTILE

SIZES = (1_000, 10_000, 100_000)
"""Bytes of a document, about."""

LIMITS = changed(Limits(), "cpu_s=1 cpu_s_per_mb=1 memory_mb=300")


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(limits=LIMITS) as opened:
        yield opened


def hostile(n: int) -> Iterator[tuple[str, Document]]:
    """Yield documents with their names; after each of them, a harmless one."""
    for name, (kind, generate) in HOSTILE.items():
        data = generate(n)
        yield name, Document(name, name, kind, name, partial(io.BytesIO, data), size=len(data))
        harmless = f"A story that comes after {name}.".encode()
        yield "", Document(name, name, ".txt", name, partial(io.BytesIO, harmless), size=1)


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 170


@pytest.mark.parametrize(
    "n", [SIZES[0], *(pytest.param(n, marks=pytest.mark.slow) for n in SIZES[1:])]
)
def test_hostile_documents_are_read_or_named_and_stop_nothing(readers: Readers, n: int) -> None:
    silent = set(HOSTILE)
    after = 0
    for name, item in readers.read(hostile(n)):
        if name and item is not None:
            silent.discard(name)
        after += not name and isinstance(item, Article)
    assert after == len(HOSTILE)
    assert not silent

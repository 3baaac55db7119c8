from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import make_article
from rag.index.labels import Labels
from rag.index.language_view import LanguageView
from rag.index.segment import Segment, write_segment
from rag.index.tail import Tail
from rag.records.passage import (
    CODE_BYTES,
    EncodedPassage,
    Passage,
    StoredPassage,
)
from rag.text.span import Span

DIM = 4
COUNT = 12
KEYS = [3 * place + 2 for place in range(COUNT)]
ON_DISK = (COUNT, 0, 1, 5, COUNT - 1)
"""How many of the passages are on disk; the others are in the tail."""


def passage(place: int, with_tokens: bool) -> StoredPassage:
    """Return a passage of up to four sentences and up to three tokens, some without any."""
    random = np.random.default_rng(place)
    article = make_article(f"Bài số {place}, nói về ASEAN.", key="k", id=str(place))
    spans = tuple(Span(at, at + 1) for at in range(1 + place * 5 % 4))
    tokens = place * 7 % 4 if with_tokens else 0
    encoded = EncodedPassage(
        Passage(article.id, 0, len(article.text), "vi", spans),
        random.normal(size=DIM).astype(np.float16).astype(np.float32),
        random.normal(size=(len(spans), DIM)).astype(np.float16).astype(np.float32),
        random.integers(256, size=(tokens, CODE_BYTES), dtype=np.uint8),
    )
    return StoredPassage(KEYS[place], encoded, article)


def view(directory: Path, passages: list[StoredPassage], on_disk: int) -> LanguageView:
    """Return passages on disk and in the tail."""
    segment = tail = None
    if on_disk:
        folder = directory / f"{on_disk}"
        write_segment(folder, "vi", DIM, passages[:on_disk], Labels(), lambda _: None)
        segment = Segment.open(folder, "vi", DIM)
    if on_disk < len(passages):
        grown = Tail(DIM, "vi")
        # In two steps, as during an ingest.
        grown.add(passages[on_disk : on_disk + 2], Labels())
        grown.add(passages[on_disk + 2 :], Labels())
        tail = grown.view(np.ones(len(grown), dtype=bool))
    return LanguageView(segment, None, tail, not_read, not_read)


def not_read(*_: object) -> NoReturn:
    """Stand where sentences and tokens are read from a catalog, which no test here does."""
    raise AssertionError


Held = tuple[list[StoredPassage], list[LanguageView]]


@pytest.fixture(scope="module", params=[True, False], ids=["tokens", "no-tokens"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    passages = [passage(place, request.param) for place in range(COUNT)]
    directory = tmp_path_factory.mktemp("rows")
    views = [view(directory, passages, count) for count in ON_DISK]
    return passages, views


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(range(COUNT)), max_size=2 * COUNT))
def test_rows_are_gathered_in_the_order_of_the_keys_from_disk_and_tail(
    held: Held, places: list[int]
) -> None:
    passages, views = held
    keys = np.array([KEYS[place] for place in places], dtype=np.int64)
    wanted = [passages[place].encoded for place in places]
    for one in views:
        vectors = one.vectors(keys)
        assert vectors.shape == (len(keys), DIM)
        for row, encoded in zip(vectors, wanted, strict=True):
            np.testing.assert_array_equal(row, encoded.vector)


def test_all_passages_are_those_on_disk_and_in_the_tail(held: Held) -> None:
    _, views = held
    for one in views:
        assert one.keys().tolist() == KEYS


def test_passages_added_later_are_not_in_an_older_view(tmp_path: Path) -> None:
    passages = [passage(place, True) for place in range(COUNT)]
    tail = Tail(DIM, "vi")
    tail.add(passages[:3], Labels())
    older = tail.view(np.ones(3, dtype=bool))
    tail.add(passages[3:], Labels())
    one = LanguageView(None, None, older, not_read, not_read)
    assert one.keys().tolist() == KEYS[:3]
    expected = np.stack([held.encoded.vector for held in passages[:3]])
    np.testing.assert_array_equal(one.vectors(one.keys()), expected)

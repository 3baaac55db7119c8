from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.scaled_vectors import SCALE_BYTES, scaled
from rag import make_article
from rag.index.background import Starts
from rag.index.labels import Labels
from rag.index.language_view import LanguageView, TokensOf
from rag.index.segment import Segment, write_segment
from rag.index.tail import Tail
from rag.records.passage import (
    CODE_BYTES,
    NO_CODES,
    Codes,
    EncodedPassage,
    Keys,
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


def view(
    directory: Path, passages: list[StoredPassage], on_disk: int, *, in_halves: bool = False
) -> LanguageView:
    """Return passages on disk and in the tail; in halves, those on disk as earlier formats are."""
    segment = tail = None
    if on_disk:
        folder = directory / f"{on_disk}{in_halves}"
        write_segment(folder, "vi", DIM, passages[:on_disk], Labels(), lambda _: None)
        if in_halves:
            (folder / "sentences.i8").unlink()
            halves = [one.encoded.sentence_vectors.astype("<f2") for one in passages[:on_disk]]
            np.concatenate(halves).tofile(folder / "sentences.f16")
        segment = Segment.open(folder, "vi", DIM)
    if on_disk < len(passages):
        grown = Tail(DIM, "vi")
        # In two steps, as during an ingest.
        grown.add(passages[on_disk : on_disk + 2], Labels())
        grown.add(passages[on_disk + 2 :], Labels())
        tail = grown.view(np.ones(len(grown), dtype=bool))
    return LanguageView(segment, None, tail, tokens_in(passages))


def tokens_in(passages: list[StoredPassage]) -> TokensOf:
    """Return how tokens are read: keys ascend there, each once, as in the catalog."""
    codes = {one.key: one.encoded.tokens for one in passages}

    def tokens_of(keys: Keys) -> tuple[Codes, Starts]:
        assert (np.diff(keys) > 0).all()
        held = [codes[key] for key in keys.tolist()]
        starts = np.cumsum([0, *map(len, held)])
        return np.concatenate([NO_CODES, *held]), starts

    return tokens_of


Held = tuple[list[StoredPassage], list[LanguageView]]


@pytest.fixture(scope="module", params=[True, False], ids=["tokens", "no-tokens"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    passages = [passage(place, request.param) for place in range(COUNT)]
    directory = tmp_path_factory.mktemp("rows")
    views = [view(directory, passages, count) for count in ON_DISK]
    return passages, [*views, view(directory, passages, ON_DISK[-2], in_halves=True)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(range(COUNT)), max_size=2 * COUNT))
def test_rows_are_gathered_in_the_order_of_the_keys_from_disk_and_tail(
    held: Held, places: list[int]
) -> None:
    passages, views = held
    keys = np.array([KEYS[place] for place in places], dtype=np.int64)
    wanted = [passages[place].encoded for place in places]
    for one in views:
        sentences, starts = one.sentences(keys)
        assert sentences.shape == (starts[-1], DIM + SCALE_BYTES)
        assert sentences.dtype == np.int8
        assert (
            starts.tolist() == np.cumsum([0, *(len(e.sentence_vectors) for e in wanted)]).tolist()
        )
        for place, encoded in enumerate(wanted):
            own = sentences[starts[place] : starts[place + 1]]
            np.testing.assert_array_equal(own, scaled(encoded.sentence_vectors))
        tokens, starts = one.tokens(keys)
        assert tokens.shape == (starts[-1], CODE_BYTES)
        assert tokens.dtype == np.uint8
        assert starts.tolist() == np.cumsum([0, *(len(e.tokens) for e in wanted)]).tolist()
        for place, encoded in enumerate(wanted):
            np.testing.assert_array_equal(tokens[starts[place] : starts[place + 1]], encoded.tokens)
        vectors = one.vectors(keys)
        assert vectors.shape == (len(keys), DIM)
        for row, encoded in zip(vectors, wanted, strict=True):
            np.testing.assert_array_equal(row, encoded.vector)
        parts = one.sentence_vectors(keys)
        for part, encoded in zip(parts, wanted, strict=True):
            np.testing.assert_array_equal(part, scaled(encoded.sentence_vectors))


def test_all_rows_are_returned_from_disk_and_tail(held: Held) -> None:
    passages, views = held
    whole = np.concatenate([one.encoded.sentence_vectors for one in passages])
    for one in views:
        assert one.keys().tolist() == KEYS
        np.testing.assert_array_equal(one.sentences(one.keys())[0], scaled(whole))


def test_a_caller_may_change_the_returned_rows(held: Held) -> None:
    _, views = held
    for one in views:
        keys = one.keys()[:1]
        before = [gathered(keys)[0].copy() for gathered in (one.sentences, one.tokens)]
        for gathered in (one.sentences, one.tokens):
            gathered(keys)[0][:] = 1
        after = [gathered(keys)[0] for gathered in (one.sentences, one.tokens)]
        for old, new in zip(before, after, strict=True):
            np.testing.assert_array_equal(old, new)


def test_passages_added_later_are_not_in_an_older_view(tmp_path: Path) -> None:
    passages = [passage(place, True) for place in range(COUNT)]
    tail = Tail(DIM, "vi")
    tail.add(passages[:3], Labels())
    older = tail.view(np.ones(3, dtype=bool))
    tail.add(passages[3:], Labels())
    one = LanguageView(None, None, older, tokens_in(passages))
    assert one.keys().tolist() == KEYS[:3]
    expected = np.concatenate([held.encoded.sentence_vectors for held in passages[:3]])
    np.testing.assert_array_equal(one.sentences(one.keys())[0], scaled(expected))

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings.scaled_vectors import SCALE_BYTES, scaled, unscaled
from rag.errors import CollectionDamaged
from rag.records.new_article import make_article
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage, Passage
from rag.text.span import Span
from tests.unit.rag.catalog.test_catalog import open_new

COUNT = 30
ORDERS = [range(COUNT), range(0, COUNT, 3), range(7, 8), range(0), [9, 2, 28, 2, 2, 0, 17]]
"""Places of passages that are read, also more than once and in any order."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A catalog of passages with none to 90 tokens, up to more bytes than a page has."""
    path = tmp_path / "catalog.db"
    with closing(open_new(path)) as catalog:
        for place in range(COUNT):
            random = np.random.default_rng(place)
            article = make_article("Một câu.", key="k", id=str(place))
            encoded = EncodedPassage(
                Passage(article.id, 0, 8, "vi", (Span(0, 2), Span(2, 8))[: 1 + place % 2]),
                random.normal(size=4).astype(np.float32),
                random.normal(size=(1 + place % 2, 4)).astype(np.float32),
                random.integers(256, size=(place % 5 * place, CODE_BYTES), dtype=np.uint8),
            )
            catalog.put_many([EncodedArticle(article, [encoded])])
    return path


@pytest.mark.parametrize("in_halves", [(), (7,), range(COUNT)])
def test_sentences_of_many_passages_are_those_of_each(path: Path, in_halves: Sequence[int]) -> None:
    with closing(open_new(path)) as catalog:
        held = catalog.passages.keys()[0]
        wanted = [scaled(e.sentence_vectors) for e in catalog.passages.encoded(held.tolist())]
        with catalog.connections.transaction() as connection:
            for place in in_halves:
                halves = unscaled(wanted[place]).astype("<f2").tobytes()
                update = "UPDATE passages SET sentence_vectors = ? WHERE key = ?"
                connection.execute(update, (halves, int(held[place])))
        for places in ORDERS:
            rows, starts = catalog.passages.sentences(held[list(places)], 4)
            own = [wanted[place] for place in places]
            assert starts.tolist() == np.cumsum([0, *map(len, own)]).tolist()
            assert rows.shape == (starts[-1], 4 + SCALE_BYTES)
            assert rows.tobytes() == b"".join(each.tobytes() for each in own)


def test_tokens_of_many_passages_are_those_of_each(path: Path) -> None:
    with closing(open_new(path)) as catalog:
        held = catalog.passages.keys()[0]
        for places in ORDERS:
            keys = held[list(places)]
            codes, starts = catalog.passages.tokens(keys)
            wanted = [each.tokens for each in catalog.passages.encoded(keys.tolist())]
            assert starts.tolist() == np.cumsum([0, *map(len, wanted)]).tolist()
            assert codes.shape == (starts[-1], CODE_BYTES)
            assert codes.tobytes() == b"".join(each.tobytes() for each in wanted)
            # The caller may change what it gets.
            codes += 1


def test_a_missing_passage_is_reported(path: Path) -> None:
    with closing(open_new(path)) as catalog:
        held = catalog.passages.keys()[0]
        assert catalog.delete("7")
        with pytest.raises(CollectionDamaged, match="lacks passages"):
            catalog.passages.tokens(held)
        assert len(catalog.passages.tokens(np.delete(held, 7))[1]) == COUNT


@pytest.mark.parametrize("value", ["substr(tokens, 2)", "'văn bản'", "12", "1.5"])
def test_what_are_no_vectors_is_reported(path: Path, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE passages SET tokens = {value} WHERE article_id = '8'")
        value = value.replace("tokens", "sentence_vectors")
        connection.execute(f"UPDATE passages SET sentence_vectors = {value} WHERE article_id = '8'")
        connection.commit()
    with closing(open_new(path)) as catalog:
        held = catalog.passages.keys()[0]
        with pytest.raises(CollectionDamaged):
            catalog.passages.tokens(held)
        with pytest.raises(CollectionDamaged):
            catalog.passages.sentences(held, 4)

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.catalog.sqlite import connections
from rag.errors import CollectionDamaged
from rag.records.new_article import make_article
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage, Passage
from rag.text.span import Span
from tests.unit.rag.catalog.test_catalog import open_new

COUNT = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A catalog of passages with none to 90 tokens, up to more bytes than a page has."""
    path = tmp_path / "catalog.db"
    with closing(open_new(path)) as catalog:
        for place in range(COUNT):
            random = np.random.default_rng(place)
            article = make_article("Một câu.", key="k", id=str(place))
            encoded = EncodedPassage(
                Passage(article.id, 0, 8, "vi", (Span(0, 8),)),
                np.eye(4, dtype=np.float32)[0],
                np.eye(4, dtype=np.float32)[:1],
                random.integers(256, size=(place % 5 * place, CODE_BYTES), dtype=np.uint8),
            )
            catalog.put_many([EncodedArticle(article, [encoded])])
    return path


@pytest.mark.parametrize("at_a_time", [10_000, 4, 1])
def test_tokens_of_many_passages_are_those_of_each(
    path: Path, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_MAX_VARIABLES", at_a_time)
    with closing(open_new(path)) as catalog:
        held = catalog.passages.keys()[0]
        for keys in (held, held[::3], held[7:8], held[:0]):
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
def test_what_are_no_tokens_is_reported(path: Path, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE passages SET tokens = {value} WHERE article_id = '8'")
        connection.commit()
    with (
        closing(open_new(path)) as catalog,
        pytest.raises(CollectionDamaged, match=r"bytes|cut off"),
    ):
        catalog.passages.tokens(catalog.passages.keys()[0])

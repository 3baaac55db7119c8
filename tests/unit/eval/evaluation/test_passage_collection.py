from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import Encoder
from eval.evaluation.passage_collection import kept_collection
from eval.gold.gold_set import CorpusText

TEXTS = [
    CorpusText("a", "The bridge opened in May.", "en"),
    CorpusText("b", "桥在五月开放。", "zh"),
]


def interrupted() -> Iterator[CorpusText]:
    # The first texts are stored before the next ones are asked for.
    yield from (CorpusText(f"{n}", f"Bridge {n} opened.", "en") for n in range(300))
    raise KeyboardInterrupt


def never() -> Iterator[CorpusText]:
    pytest.fail("it is made already")


def test_it_is_made_once(tmp_path: Path, encoder: Encoder) -> None:
    kept_collection(tmp_path / "home", encoder, lambda: TEXTS).close()
    again = kept_collection(tmp_path / "home", encoder, never)
    assert sorted(again.catalog.articles.ids()) == ["a", "b"]
    again.close()


def test_one_that_was_interrupted_is_made_anew(tmp_path: Path, encoder: Encoder) -> None:
    home = tmp_path / "home"
    with pytest.raises(KeyboardInterrupt):
        kept_collection(home, encoder, interrupted)
    whole = kept_collection(home, encoder, lambda: TEXTS)
    assert sorted(whole.catalog.articles.ids()) == ["a", "b"]
    whole.close()
    assert [each.name for each in tmp_path.iterdir()] == ["home"]

"""Evaluations in which the best passages are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import pytest

from embeddings import Encoder
from eval.evaluation.evaluate import evaluate_collection, evaluate_texts
from eval.evaluation.rankers import RANKERS, WITHOUT_READING, Ranker
from eval.gold.gold_set import CorpusText, GoldQuestion, GoldSet, Relevant
from eval.runs.run import Run, load, save
from rag import Collection
from reading import Reading

pytestmark = pytest.mark.slow

TEXTS = {
    "vi-0": "Hà Nội là thủ đô của Việt Nam, bên sông Hồng.",
    "vi-1": "Mèo ngủ trên mái nhà suốt buổi chiều.",
    "en-0": "Hanoi, on the Red River, is the capital of Viet Nam.",
    "en-1": "The cat slept on the roof all afternoon.",
}
QUESTION = "Thủ đô của Việt Nam là gì?"


class CatReader:
    """A reader that finds every answer where a cat is."""

    name = "cats"
    digest = "0123456789abcdef"

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return a reading of each window."""
        return [Reading(0.999 if "cat" in each or "Mèo" in each else 0.001) for each in windows]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words."""
        return [len(text.split()) for text in texts]


def of_texts(encoder: Encoder, rankers: dict[str, Ranker], reader: CatReader | None) -> list[Run]:
    languages = [(name, text, name[:2]) for name, text in TEXTS.items()]
    asked = GoldQuestion("q", QUESTION, "vi", (Relevant("vi-0"), Relevant("en-0")))
    gold = GoldSet("made", (asked,), tuple(CorpusText(*each) for each in languages))
    return evaluate_texts(
        gold, encoder, rankers, lambda *_: nullcontext(lambda _: None), reader=reader
    )


def test_the_best_of_all_and_of_each_language_are_read(encoder: Encoder) -> None:
    rankers = {name: RANKERS[name] for name in ("hybrid", "dense", "passages")}
    runs = of_texts(encoder, {**rankers, **WITHOUT_READING}, CatReader())
    read, *unread = [run.results[0] for run in runs]
    assert {*read.order[:2]} == {"vi-1", "en-1"}
    assert {name: values["r@1"] for name, values in read.single.items()} == {"vi": 0, "en": 0}
    for result in unread:
        assert {*result.order[:2]} == {"vi-0", "en-0"}
        assert {name: values["r@1"] for name, values in result.single.items()} == {"vi": 1, "en": 1}
    assert [run.reader for run in runs] == ["cats (01234567)", "none", "none", "none"]


def test_without_a_reader_all_is_as_if_nothing_could_be_read(encoder: Encoder) -> None:
    hybrid, plain = of_texts(encoder, {"hybrid": RANKERS["hybrid"], **WITHOUT_READING}, None)
    assert hybrid.reader == "none"
    assert hybrid.results[0].order == plain.results[0].order
    assert hybrid.results[0].confidence == plain.results[0].confidence


def test_on_a_collection_only_the_hybrid_ranking_is_read(
    sample_home: Path, encoder: Encoder
) -> None:
    plain, read = (
        Collection.open(sample_home, "sample", encoder, reader) for reader in ("none", CatReader())
    )
    article = plain.catalog.articles.get_many(sorted(plain.catalog.articles.ids())[:1])[0]
    gold = GoldSet("made", (GoldQuestion("q", article.title, "en", (Relevant(article.id),)),))
    runs = {
        (ranking, collection.reader is not None): evaluate_collection(
            gold, collection, ranking, lambda *_: nullcontext(lambda _: None)
        )
        for collection in (plain, read)
        for ranking in ("hybrid", "dense")
    }
    plain.close()
    read.close()
    assert [each.reader for each in runs.values()] == ["none", "none", "cats (01234567)", "none"]
    orders = {kind: each.results[0].order for kind, each in runs.items()}
    assert orders["dense", True] == orders["dense", False]


def test_a_run_from_before_there_were_readers_read_nothing(
    encoder: Encoder, tmp_path: Path
) -> None:
    (made,) = of_texts(encoder, {"hybrid": RANKERS["hybrid"]}, CatReader())
    path = tmp_path / "run.json"
    save(made, path)
    assert load(path) == made
    former = asdict(made)
    del former["reader"]
    path.write_text(json.dumps(former), encoding="utf-8")
    assert load(path).reader == "none"

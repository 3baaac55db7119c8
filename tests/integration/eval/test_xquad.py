"""Plain cosine on XQuAD gives the model's known figures, so everything below the ranking works.

This runs on an eighth of the paragraphs; ``tamngu eval run --gold xquad:DIR --ranking dense`` runs
on all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from embeddings import Encoder, EncoderOptions, load_encoder
from eval.evaluation.evaluate import evaluate_texts
from eval.evaluation.rankers import RANKERS
from eval.gold.xquad import ParallelPart, parallel_gold, read_xquad
from eval.reports.figures import figures
from tests.conftest import SHARED

pytestmark = pytest.mark.slow

DIRECTORY = SHARED / "data" / "xquad"
KNOWN = {"mono_r@1": 0.945, "cross_r@1": 0.828, "mixed_map": 0.565}
"""Of sentence-transformers in float32 (``TAMNGU_RUNTIME=torch``), on the first paragraphs."""

PARAGRAPHS = 30
"""Paragraphs of each language; the whole set has 240."""


def first(count: int) -> dict[str, ParallelPart]:
    """Return the first paragraphs of each language, with their questions."""
    some = {}
    for language, part in read_xquad(DIRECTORY).items():
        asked = sum(place < count for place in part.answered_by)
        some[language] = ParallelPart(
            part.contexts[:count],
            part.questions[:asked],
            part.answered_by[:asked],
            part.answers[:asked],
        )
    return some


def run(encoder: Encoder, parts: Mapping[str, ParallelPart], *ways: str) -> list[dict[str, Any]]:
    rankers = {way: RANKERS[way] for way in ways}
    gold = parallel_gold("xquad", parts)
    runs = evaluate_texts(gold, encoder, rankers, lambda *_: nullcontext(lambda _: None))
    return [figures(each.results) for each in runs]


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="XQuAD is not beside the repository")
def test_plain_cosine_reproduces_the_known_figures() -> None:
    # Published figures are for paragraphs that are cut at the model's length.
    encoder = load_encoder(options=EncoderOptions(overlong="cut"))
    (found,) = run(encoder, first(PARAGRAPHS), "dense")
    assert {name: found["mean"][name] for name in KNOWN} == pytest.approx(KNOWN, abs=0.004)


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="XQuAD is not beside the repository")
def test_the_hybrid_ranking_finds_what_plain_cosine_does_not(encoder: Encoder) -> None:
    hybrid, dense = (found["mean"] for found in run(encoder, first(PARAGRAPHS), "hybrid", "dense"))
    assert hybrid["mixed_map"] > dense["mixed_map"] + 0.2
    assert hybrid["cross_r@1"] > dense["cross_r@1"]
    assert hybrid["mono_r@1"] >= dense["mono_r@1"]


def test_all_ways_of_ranking_run_on_a_small_parallel_set(encoder: Encoder, tmp_path: Path) -> None:
    texts = {
        "vi": [("Hà Nội là thủ đô. Sông Hồng ở đó.", "Thủ đô?"), ("Mèo ngủ. Chó sủa.", "Ai ngủ?")],
        "zh": [("河内是首都。红河在那里。", "首都？"), ("猫在睡觉。狗在叫。", "谁睡觉？")],
        "en": [
            ("Hanoi is the capital. The river is there.", "The capital?"),
            ("A cat. A dog.", "A cat?"),
        ],
    }
    for language, rows in texts.items():
        paragraphs = [{"context": text, "qas": [{"question": asked}]} for text, asked in rows]
        path = tmp_path / f"xquad.{language}.json"
        path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    parts = read_xquad(tmp_path)
    for found in run(encoder, parts, *RANKERS):
        assert set(found["single"]) == {f"{a}->{b}" for a in texts for b in texts}
        assert found["mean"]["mono_r@1"] > 0
    assert run(encoder, parts, "hybrid")[0]["single"]["vi->vi"]["r@1"] == 1

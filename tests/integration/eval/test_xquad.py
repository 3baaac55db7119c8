"""Plain cosine on XQuAD finds what the model is known to find, so all below the ranking is right.

Here on an eighth of its paragraphs; ``tamngu eval run --gold xquad:DIR --plain`` asks all.
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
from eval.evaluation.pools import RANKERS
from eval.gold.xquad import Parallel, parallel_gold, read_xquad
from eval.reports.figures import figures
from tests.conftest import SHARED

DIRECTORY = SHARED / "data" / "xquad"
KNOWN = {"mono_r@1": 0.945, "cross_r@1": 0.828, "mixed_map": 0.565}
"""Of sentence-transformers in float32 (``TAMNGU_RUNTIME=torch``), on the first paragraphs."""

PARAGRAPHS = 30
"""Of each language, of 240."""


def first(count: int) -> dict[str, Parallel]:
    """Return so many paragraphs of each language, with what is asked about them."""
    some = {}
    for language, half in read_xquad(DIRECTORY).items():
        asked = sum(place < count for place in half.answered_by)
        some[language] = Parallel(
            half.contexts[:count], half.questions[:asked], half.answered_by[:asked]
        )
    return some


def run(encoder: Encoder, halves: Mapping[str, Parallel], *ways: str) -> list[dict[str, Any]]:
    rankers = {way: RANKERS[way] for way in ways}
    gold = parallel_gold("xquad", halves)
    runs = evaluate_texts(gold, encoder, rankers, lambda *_: nullcontext(lambda _: None))
    return [figures(each.results) for each in runs]


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="XQuAD is not beside the repository")
def test_plain_cosine_reproduces_the_known_figures() -> None:
    # Published figures are of paragraphs cut at the model's length.
    encoder = load_encoder(options=EncoderOptions(overlong="cut"))
    (found,) = run(encoder, first(PARAGRAPHS), "plain")
    assert {name: found["mean"][name] for name in KNOWN} == pytest.approx(KNOWN, abs=0.004)


@pytest.mark.skipif(not DIRECTORY.is_dir(), reason="XQuAD is not beside the repository")
def test_fair_ranking_finds_what_plain_cosine_does_not(encoder: Encoder) -> None:
    fair, plain = (found["mean"] for found in run(encoder, first(PARAGRAPHS), "fair", "plain"))
    assert fair["mixed_map"] > plain["mixed_map"] + 0.2
    assert fair["cross_r@1"] > plain["cross_r@1"]
    assert fair["mono_r@1"] >= plain["mono_r@1"]


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
    halves = read_xquad(tmp_path)
    for found in run(encoder, halves, *RANKERS):
        assert set(found["single"]) == {f"{a}->{b}" for a in texts for b in texts}
        assert found["mean"]["mono_r@1"] > 0
    assert run(encoder, halves, "fair")[0]["single"]["vi->vi"]["r@1"] == 1

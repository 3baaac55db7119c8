"""Metrics compared with trec_eval's own code and with their definitions."""

from __future__ import annotations

import math

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.evaluation.trec_scores import in_order
from eval.metrics.ranking_metrics import MIXED, SINGLE, measure

NAMES = SINGLE | MIXED
TREC = {
    "r@1": "recall_1",
    "r@10": "recall_10",
    "r@100": "recall_100",
    "ndcg@10": "ndcg_cut_10",
    "map": "map",
    "any@1": "success_1",
    "recall@5": "recall_5",
}
"""Names of metrics, and of the same measures in trec_eval."""

DOCUMENTS = [f"d{number}" for number in range(15)]
JUDGED = st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(1, 3), min_size=1, max_size=5)
# There are few different scores, so that many are equal.
FOUND = st.dictionaries(st.sampled_from(DOCUMENTS), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
QUESTIONS = st.lists(st.tuples(JUDGED, FOUND), min_size=1, max_size=6)


def ranks(run: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        question: {name: -float(rank) for rank, name in enumerate(in_order(found))}
        for question, found in run.items()
    }


@settings(deadline=None)
@given(QUESTIONS)
def test_metrics_are_trec_evals(questions: list[tuple[dict[str, int], dict[str, float]]]) -> None:
    relevant = {f"q{i}": judged for i, (judged, _) in enumerate(questions)}
    run = {f"q{i}": found for i, (_, found) in enumerate(questions)}
    expected = pytrec_eval.RelevanceEvaluator(
        relevant, {"recall.1,5,10,100", "ndcg_cut.10", "map", "success.1"}
    ).evaluate(run)
    for question, found in measure(NAMES, relevant, ranks(run)).items():
        for ours, theirs in TREC.items():
            value = expected.get(question, {}).get(theirs, 0.0)
            assert found[ours] == pytest.approx(value, abs=1e-6), ours


def by_definition(judged: dict[str, int], found: dict[str, float]) -> dict[str, float]:
    order = in_order(found)
    gains = [judged.get(name, 0) for name in order]
    hits = [gain > 0 for gain in gains]
    ideal = sorted(judged.values(), reverse=True)

    def discounted(values: list[int]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(values[:10]))

    precision = [sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit]
    reciprocal = 1 / (hits.index(True) + 1) if any(hits[:10]) else 0.0
    return {
        **{f"r@{k}": sum(hits[:k]) / len(judged) for k in (1, 10, 100)},
        **{f"recall@{k}": sum(hits[:k]) / len(judged) for k in (5, 10, 100)},
        "any@1": float(any(hits[:1])),
        "mrr@10": reciprocal,
        "map": sum(precision) / len(judged),
        "ndcg@10": discounted(gains) / discounted(ideal),
    }


@settings(deadline=None)
@given(JUDGED, FOUND)
def test_metrics_are_their_definitions(judged: dict[str, int], found: dict[str, float]) -> None:
    measured = measure(NAMES, {"q": judged}, ranks({"q": found}))["q"]
    assert measured == pytest.approx(by_definition(judged, found), abs=1e-6)


def test_a_question_without_a_find_counts_as_nothing() -> None:
    found = measure(
        SINGLE, {"a": {"x": 1}, "b": {"y": 1}, "c": {"z": 1}}, {"a": {"x": 1.0}, "b": {}}
    )
    assert {name: row["r@1"] for name, row in found.items()} == {"a": 1.0, "b": 0.0, "c": 0.0}


@pytest.mark.parametrize("name", ["", "\0", "\0b", "\ud800", "a b", "ộ" * 1000])
def test_any_id_is_an_id(name: str) -> None:
    relevant = {"": {"d": 1}, name: {name: 1, "e": 1}}
    found = measure(SINGLE, relevant, {name: {"x": 2.0, name: 1.0}, "unknown": {"d": 1.0}})
    assert found[name]["mrr@10"] == 0.5
    assert found[name]["r@10"] == 0.5

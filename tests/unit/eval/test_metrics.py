from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics import MIXED, SINGLE, measure, top

RANKINGS = st.lists(
    st.tuples(st.permutations(range(12)), st.sets(st.integers(0, 11), min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(RANKINGS)
def test_metrics_agree_with_their_definitions(rankings: list[tuple[list[int], set[int]]]) -> None:
    run = {
        str(i): {str(found): -float(rank) for rank, found in enumerate(order)}
        for i, (order, _) in enumerate(rankings)
    }
    relevant = {str(i): [str(one) for one in wanted] for i, (_, wanted) in enumerate(rankings)}
    found = measure(SINGLE | MIXED, relevant, run)

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    gains = [[one in wanted for one in order] for order, wanted in rankings]
    totals = [len(wanted) for _, wanted in rankings]
    pairs = list(zip(gains, totals, strict=True))
    expected = {
        "r@1": mean([row[0] / total for row, total in pairs]),
        "r@10": mean([sum(row[:10]) / total for row, total in pairs]),
        "any@1": mean([float(row[0]) for row in gains]),
        "recall@5": mean([sum(row[:5]) / total for row, total in pairs]),
        "mrr@10": mean([1 / (row.index(True) + 1) if any(row[:10]) else 0 for row in gains]),
        "map": mean(
            [
                sum(sum(row[: i + 1]) / (i + 1) for i, hit in enumerate(row) if hit) / total
                for row, total in pairs
            ]
        ),
        "ndcg@10": mean(
            [
                sum(hit / math.log2(i + 2) for i, hit in enumerate(row[:10]))
                / sum(1 / math.log2(i + 2) for i in range(total))
                for row, total in pairs
            ]
        ),
    }
    for name, value in expected.items():
        assert abs(found[name] - value) <= 0.5001e-4, name


def test_a_question_without_a_find_counts_as_nothing() -> None:
    found = measure(SINGLE, {"a": ["x"], "b": ["y"]}, {"a": {"x": 1.0}, "b": {}})
    assert found["r@1"] == 0.5


def test_top_keeps_the_best() -> None:
    scores = np.array([0.1, 0.9, 0.5], dtype=np.float32)
    assert list(top(scores, ["a", "b", "c"], 2)) == ["b", "c"]

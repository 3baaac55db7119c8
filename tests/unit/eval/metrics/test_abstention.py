from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.abstention import (
    THRESHOLDS,
    abstention,
    area_under_risk,
    reliability,
    risk_coverage,
)

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@settings(deadline=None)
@given(JUDGED)
def test_auroc_is_the_share_of_pairs_in_order(judged: list[tuple[float, bool]]) -> None:
    sure, answered = zip(*judged, strict=True)
    found = abstention(sure, answered)
    good = [value for value, label in judged if label]
    bad = [value for value, label in judged if not label]
    if good and bad:
        pairs = [(one > other) + (one == other) / 2 for one in good for other in bad]
        assert found["auroc"] == pytest.approx(sum(pairs) / len(pairs), abs=1e-4)
    else:
        assert "auroc" not in found


@settings(deadline=None)
@given(JUDGED)
def test_thresholds_count(judged: list[tuple[float, bool]]) -> None:
    sure, answered = zip(*judged, strict=True)
    rows = abstention(sure, answered)["thresholds"]
    for threshold in THRESHOLDS:
        row = rows[f"{threshold:g}"]
        below = [label for value, label in judged if value < threshold]
        lost, right = sum(below), len(below) - sum(below)
        assert row["false"] == pytest.approx(lost / max(sum(answered), 1), abs=1e-4)
        assert row["recall"] == pytest.approx(
            right / max(len(answered) - sum(answered), 1), abs=1e-4
        )
        assert row["precision"] == pytest.approx(right / max(len(below), 1), abs=1e-4)


@settings(deadline=None)
@given(JUDGED)
def test_risk_is_of_the_surest(judged: list[tuple[float, bool]]) -> None:
    sure, right = zip(*judged, strict=True)
    coverage, risk = risk_coverage(sure, right)
    assert coverage[-1] == 1
    for share, wrong in zip(coverage, risk, strict=True):
        count = round(share * len(sure))
        least = sorted(sure, reverse=True)[count - 1]
        given = [label for value, label in judged if value >= least]
        assert len(given) == count
        assert wrong == pytest.approx(1 - sum(given) / count, abs=1e-3)
    assert 0 <= area_under_risk(coverage, risk) <= 1


def test_certainty_that_is_right_is_reliable() -> None:
    assert reliability([0.0, 0.0, 1.0], [False, False, True]) == [(0.0, 0.0, 2), (1.0, 1.0, 1)]
    assert abstention([0.0, 1.0], [False, True])["ece"] == 0


def test_nothing_asked_is_nothing_risked() -> None:
    assert risk_coverage([], []) == ([], [])

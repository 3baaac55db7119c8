from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.language_fairness import awrf, rank_distance, same_language_share

LANGUAGES = st.lists(st.sampled_from(["vi", "zh", "en"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(LANGUAGES, LANGUAGES)
def test_awrf_is_one_less_the_divergence(found: list[str], relevant: list[str]) -> None:
    attention = dict.fromkeys({*found, *relevant}, 0.0)
    for place, language in enumerate(found[:10]):
        attention[language] += 1 / math.log2(place + 2)
    total = sum(attention.values())
    divergence = 0.0
    for language, weight in attention.items():
        p, q = weight / total, relevant.count(language) / len(relevant)
        middle = (p + q) / 2
        divergence += sum(x * math.log2(x / middle) / 2 for x in (p, q) if x)
    assert awrf(found, relevant) == pytest.approx(1 - divergence, abs=1e-6)


def test_one_language_first_is_less_fair_than_all_in_turn() -> None:
    turns, alone = ["vi", "zh", "en"] * 3, ["vi"] * 9
    assert awrf(turns, ["vi", "zh", "en"]) > 0.95
    assert awrf(alone, ["vi", "zh", "en"]) < 0.6


def test_nothing_found_is_not_fair() -> None:
    assert awrf([], ["vi"]) == 0


def test_answers_beyond_the_depth_stand_just_behind_it() -> None:
    assert rank_distance(["a"], {"a": "vi", "b": "zh"}, depth=20) == 20
    assert rank_distance(["a", "b", "c"], {"a": "vi", "b": "zh", "c": "en"}) == pytest.approx(4 / 3)
    assert rank_distance(["x", "a", "b"], {"a": "vi", "b": "vi"}) is None


def test_nothing_found_has_no_share() -> None:
    assert same_language_share("vi", []) == 0

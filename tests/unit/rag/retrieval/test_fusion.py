from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records.new_article import make_article
from rag.records.passage import Passage
from rag.retrieval.fusion import READ, added_by_reading, read_best
from rag.retrieval.hits import FoundPassage, Selection
from rag.retrieval.log_odds import log_odds
from rag.retrieval.passage_scorer import Candidate
from rag.text.span import Span
from tests.year_reader import YearReader

NUMBERS = st.floats(-20, 20, allow_nan=False)


def found(key: int, score: float, text: str) -> FoundPassage:
    article = make_article(text, key=str(key), id=str(key))
    passage = Passage(article.id, 0, len(text), "vi", (Span(0, len(text)),))
    scores = np.array([score], np.float32)
    return FoundPassage(Candidate(key, "vi", score, {"dense": score}, scores), passage, article)


def read(*scored: tuple[float, str]) -> tuple[list[FoundPassage], dict[str, float]]:
    """Return what was found in its new order, and how answerable each passage is that was read."""
    given = [found(key, score, text) for key, (score, text) in enumerate(scored)]
    selection, readings = read_best(YearReader(), "Năm nào?", Selection(given, {}))
    return list(selection.found), {name: each.answerable for name, each in readings.items()}


def test_a_passage_with_the_answer_passes_one_without() -> None:
    (first, second), readings = read((2.0, "Không có gì."), (1.5, "Năm 1945 họ họp."))
    assert (first.candidate.key, second.candidate.key) == (1, 0)
    assert first.candidate.parts == {"dense": 1.5, "answerable": 0.95}
    assert readings == {first.passage.id: 0.95, second.passage.id: 0.02}


def test_a_much_better_passage_stays_first() -> None:
    (first, _), _ = read((9.0, "Không có gì."), (1.5, "Năm 1945 họ họp."))
    assert first.candidate.key == 0


def test_only_the_best_are_read_and_the_rest_stay_below() -> None:
    texts = [(5.0 - n / 10, "Không có gì.") for n in range(READ)]
    order, readings = read(*texts, (4.0, "Năm 1945 họ họp."))
    assert len(readings) == READ
    assert [each.candidate.key for each in order] == list(range(READ + 1))
    assert "answerable" not in order[-1].candidate.parts


@given(st.lists(st.tuples(NUMBERS, st.sampled_from(["Không.", "Năm 1945."])), max_size=12))
def test_whatever_was_found_is_there_in_order(scored: list[tuple[float, str]]) -> None:
    scored.sort(key=lambda pair: -pair[0])
    order, readings = read(*scored)
    assert sorted(each.candidate.key for each in order) == list(range(len(scored)))
    assert len(readings) == min(len(scored), READ)
    assert all(
        one.candidate.score >= other.candidate.score - 1e-6 for one, other in pairwise(order)
    )
    for each in order:
        was = scored[each.candidate.key][0]
        if "answerable" in each.candidate.parts:
            assert each.candidate.key < READ
            assert each.candidate.score - added_by_reading(each.candidate) == pytest.approx(was)
        # The scores of its sentences are on the scale of the others' again.
        assert each.candidate.sentence_scores[0] == pytest.approx(each.candidate.score, abs=1e-4)


@given(st.floats(0, 1))
def test_log_odds_are_bounded_and_rise(probability: float) -> None:
    assert -6 <= log_odds(probability) <= 6
    assert log_odds(1 - probability) == pytest.approx(-log_odds(probability), abs=1e-6)
    if 0.01 < probability < 0.99:
        assert 1 / (1 + math.exp(-log_odds(probability))) == pytest.approx(probability)

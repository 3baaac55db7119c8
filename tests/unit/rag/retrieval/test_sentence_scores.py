from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.passages import PassageReading, ReadSpan
from rag.retrieval.sentence_scores import SPAN_WEIGHT, scores_with_reading
from rag.text.span import Span

SENTENCES = [Span(100, 120), Span(121, 150), Span(151, 160)]
SCORES = np.array([2.0, 1.5, 0.0], dtype=np.float32)


def reading(*places: tuple[int, float]) -> PassageReading:
    spans = tuple(ReadSpan(Span(start, start + 3), score) for start, score in places)
    return PassageReading(Span(100, 160), 0.9, spans)


def test_the_sentence_of_the_answer_passes_the_one_that_repeats_the_question() -> None:
    found = scores_with_reading(SENTENCES, SCORES, reading((130, 0.6), (140, 0.2), (100, 0.1)))
    assert found.argmax() == 1
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(2.0 + SPAN_WEIGHT * np.log(0.1 / 0.9))
    assert found[1] == pytest.approx(1.5 + SPAN_WEIGHT * np.log(0.8 / 0.2))


def test_without_a_reading_the_scores_stay() -> None:
    assert scores_with_reading(SENTENCES, SCORES, None) is SCORES


@given(st.lists(st.tuples(st.integers(100, 159), st.floats(0, 1)), max_size=5))
def test_a_reading_moves_no_score_by_more_than_its_bound(places: list[tuple[int, float]]) -> None:
    moved = scores_with_reading(SENTENCES, SCORES, reading(*places)) - SCORES
    assert np.abs(moved).max() <= SPAN_WEIGHT * 6 + 1e-6

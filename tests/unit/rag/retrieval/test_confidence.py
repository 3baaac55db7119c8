from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.confidence import confidence
from rag.retrieval.fusion import fused
from rag.retrieval.passage_scorer import Candidate

NUMBERS = st.floats(-20, 20, allow_nan=False)


def candidate(score: float, match: float = 0.5) -> Candidate:
    parts = {"dense": score, "sentence": score, "late": score}
    return Candidate(1, "vi", score, parts, np.zeros(1, dtype=np.float32), match)


@given(st.lists(NUMBERS, max_size=40))
def test_it_is_a_probability(scores: list[float]) -> None:
    ranked = [candidate(score) for score in sorted(scores, reverse=True)]
    assert 0 <= confidence(ranked, "vi", in_own=True) <= 1


def test_nothing_found_is_no_answer() -> None:
    assert confidence([], "vi", in_own=False) == 0


def test_a_good_match_is_surer_than_a_poor_one() -> None:
    out = [candidate(7.0, match=0.8), *[candidate(2.0)] * 20]
    among = [candidate(3.0, match=0.5), *[candidate(2.9)] * 20]
    assert confidence(out, "vi", in_own=True) > 0.9 > 0.2 > confidence(among, "vi", in_own=True)


def test_a_question_may_be_less_like_a_passage_of_another_language() -> None:
    ranked = [candidate(4.0, match=0.55)]
    assert confidence(ranked, "zh", in_own=False) > confidence(ranked, "vi", in_own=True)


def test_to_be_better_than_all_passages_of_the_questions_language_is_no_proof() -> None:
    """One of several languages is best by chance; one that is searched alone always is."""
    for read in (None, 0.5):
        best = candidate(4.0, match=0.55)
        ranked = [best if read is None else fused(best, read)]
        assert confidence(ranked, "zh", in_own=False) > confidence(ranked, "zh", in_own=True)


def test_reading_raises_and_lowers_it() -> None:
    for asked, in_own in (("vi", True), ("en", False), ("en", True)):
        values = [
            confidence([fused(candidate(4.0), p)], asked, in_own=in_own)
            for p in (0.02, 0.3, 0.7, 0.98)
        ]
        assert values == sorted(values)
        assert values[-1] - values[0] > 0.3


def test_a_score_among_few_passages_counts_more() -> None:
    def among(sampled: int) -> float:
        best = fused(replace(candidate(2.4, match=0.6), sampled=sampled), 0.6)
        return confidence([best], "vi", in_own=True)

    assert among(5) > among(50) > among(200) == among(512)

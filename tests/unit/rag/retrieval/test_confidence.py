from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.confidence import confidence
from rag.retrieval.passage_scorer import Candidate

NUMBERS = st.floats(-20, 20, allow_nan=False)


def candidate(score: float, match: float = 0.5) -> Candidate:
    parts = {"dense": score, "sentence": score, "late": score}
    return Candidate(1, "vi", score, parts, np.zeros(1, dtype=np.float32), match)


@given(st.lists(NUMBERS, max_size=40))
def test_it_is_a_probability(scores: list[float]) -> None:
    ranked = [candidate(score) for score in sorted(scores, reverse=True)]
    assert 0 <= confidence(ranked, "vi") <= 1


def test_nothing_found_is_no_answer() -> None:
    assert confidence([], "vi") == 0


def test_a_good_match_is_surer_than_a_poor_one() -> None:
    out = [candidate(7.0, match=0.8), *[candidate(2.0)] * 20]
    among = [candidate(3.0, match=0.5), *[candidate(2.9)] * 20]
    assert confidence(out, "vi") > 0.9 > 0.2 > confidence(among, "vi")

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Vectors
from rag.retrieval.fairness import centred_cosines, own_means, scales


def test_a_language_far_from_the_question_is_not_at_a_disadvantage() -> None:
    noise = np.random.default_rng(0).normal(size=500).astype(np.float32)
    samples = {"own": 0.85 + 0.02 * noise, "other": 0.75 + 0.01 * noise}
    found = scales(samples)
    own = found["own"].standardise(np.array([0.89], dtype=np.float32))
    other = found["other"].standardise(np.array([0.79], dtype=np.float32))
    assert other > own
    np.testing.assert_allclose([own, other], [[2.0], [4.0]], rtol=0.15)


def test_a_single_passage_is_judged_by_the_common_scale() -> None:
    noise = np.random.default_rng(0).normal(size=300).astype(np.float32)
    samples = {"many": 0.80 + 0.02 * noise, "one": np.array([0.90], dtype=np.float32)}
    found = scales(samples)
    score = np.array([0.90], dtype=np.float32)
    assert found["one"].standardise(score) > 0.7 * found["many"].standardise(score) > 3


def test_one_passage_of_each_language_gives_scores_of_ordinary_size() -> None:
    samples = {"vi": np.array([0.86], dtype=np.float32), "zh": np.array([0.80], dtype=np.float32)}
    found = scales(samples)
    for language, scores in samples.items():
        assert abs(found[language].standardise(scores)) < 2


def test_identical_passages_give_finite_scores() -> None:
    same = np.full(3, 0.8, dtype=np.float32)
    assert np.isfinite(scales({"vi": same})["vi"].standardise(same)).all()


@given(st.integers(0, 2**32 - 1))
def test_centred_cosines_are_those_of_vectors_less_the_mean(seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = _unit(random.normal(size=(5, 8)))
    mean = (0.8 * _unit(random.normal(size=(1, 8)))[0]).astype(np.float32)
    question = _unit(random.normal(size=(1, 8)))[0]
    expected = _unit(vectors - mean) @ question
    np.testing.assert_allclose(centred_cosines(vectors, mean, question), expected, atol=1e-3)


def test_few_vectors_are_shrunk_towards_all_and_those_towards_nothing() -> None:
    ones: Vectors = np.ones(4, dtype=np.float32)
    assert (
        np.linalg.norm(own_means({"vi": np.full(4, 0.5, dtype=np.float32)}, {"vi": 1})["vi"]) < 0.2
    )
    means = own_means(
        {"vi": np.full(4, 1000, dtype=np.float32), "zh": -ones}, {"vi": 1000, "zh": 1}
    )
    np.testing.assert_allclose(means["vi"], ones, rtol=0.03)
    assert (means["zh"] > 0).all()


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)

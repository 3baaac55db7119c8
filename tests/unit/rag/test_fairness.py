from __future__ import annotations

import numpy as np

from rag.fairness import Background, fair_scores, scales


def test_background_takes_the_best_sentence_of_each_passage() -> None:
    passages = np.eye(3, dtype=np.float32)[:2]
    sentences = [np.eye(3, dtype=np.float32)[:1], np.eye(3, dtype=np.float32)[1:]]
    question = np.array([[0.1, 0.2, 0.9]], dtype=np.float32)
    dense, best = Background.of(passages, sentences).scores(question)
    np.testing.assert_allclose(dense, [[0.1, 0.2]])
    np.testing.assert_allclose(best, [[0.1, 0.9]])


def test_a_language_far_from_the_question_is_not_at_a_disadvantage() -> None:
    noise = np.random.default_rng(0).normal(size=(1, 500)).astype(np.float32)
    samples = {"own": 0.85 + 0.02 * noise, "other": 0.75 + 0.01 * noise}
    found = scales(samples)
    own = found["own"].standardise(np.array([[0.89]], dtype=np.float32))
    other = found["other"].standardise(np.array([[0.79]], dtype=np.float32))
    assert other > own
    np.testing.assert_allclose([own, other], [[[2.0]], [[4.0]]], rtol=0.15)


def test_a_single_passage_is_judged_by_the_common_scale() -> None:
    noise = np.random.default_rng(0).normal(size=(1, 300)).astype(np.float32)
    samples = {"many": 0.80 + 0.02 * noise, "one": np.array([[0.90]], dtype=np.float32)}
    found = scales(samples)
    score = np.array([[0.90]], dtype=np.float32)
    assert found["one"].standardise(score) > 0.7 * found["many"].standardise(score) > 3


def test_one_passage_of_each_language_gives_scores_of_ordinary_size() -> None:
    samples = {
        "vi": np.array([[0.86]], dtype=np.float32),
        "zh": np.array([[0.80]], dtype=np.float32),
    }
    found = scales(samples)
    for language, scores in samples.items():
        assert abs(found[language].standardise(scores)) < 2


def test_identical_passages_give_finite_scores() -> None:
    same = np.full((2, 3), 0.8, dtype=np.float32)
    scale = scales({"vi": same})["vi"]
    assert np.isfinite(fair_scores(same, same, scale, scale)).all()

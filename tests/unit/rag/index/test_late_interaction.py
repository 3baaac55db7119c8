from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import TokenVectors, Vectors
from embeddings.calibration.calibration import TOKEN_DIM, TokenCalibration
from rag.index.late_interaction import (
    QuestionTokens,
    best_matches,
    passage_codes,
    question_tokens,
)
from rag.records.passage import CODE_BYTES, NO_CODES, Codes
from rag.records.token_codes import steps_of

LARGEST = 0.3
STEP = LARGEST / 7
COMMON, RARE, ORDINARY, UNSEEN = 3, 10, 11, 99

ZERO: Vectors = np.zeros(TOKEN_DIM, dtype=np.float32)
SEEDS = st.integers(0, 2**32 - 1)


def calibration(
    mean: Vectors = ZERO, projection: Vectors | None = None, unseen: float = 4.0
) -> TokenCalibration:
    """Return a calibration where Vietnamese has the given mean, and English a mean of zero."""
    return TokenCalibration(
        projection=np.eye(TOKEN_DIM, dtype=np.float32) if projection is None else projection,
        questions={"vi": mean, "en": ZERO},
        passages={"vi": mean, "en": ZERO},
        ids=np.array([COMMON, RARE, ORDINARY], dtype=np.int32),
        weights=np.array([0.0, 3.0, 1.0], dtype=np.float32),
        unseen=unseen,
        common=np.array([COMMON], dtype=np.int32),
    )


def tokens(vectors: Vectors, ids: list[int] | None = None) -> TokenVectors:
    chosen = [RARE] * len(vectors) if ids is None else ids
    return TokenVectors(np.array(chosen, dtype=np.int32), vectors)


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def drawn(seed: int, count: int, peak: float = 0.0) -> Vectors:
    """Return unit vectors; a random component of each is larger by ``peak`` before scaling."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, TOKEN_DIM))
    vectors[np.arange(count), random.integers(TOKEN_DIM, size=count)] += peak
    return unit(vectors.astype(np.float32))


def decoded(codes: Codes) -> Vectors:
    """Return the vectors that codes stand for, decoded component by component."""
    vectors = np.empty((len(codes), TOKEN_DIM), dtype=np.float32)
    for row, token in enumerate(codes.tolist()):
        for place, byte in enumerate(token):
            vectors[row, place] = ((byte & 15) - 8) * STEP
            vectors[row, place + CODE_BYTES] = ((byte >> 4) - 8) * STEP
    return vectors


@settings(deadline=None)
@given(SEEDS, st.integers(0, 5), st.sampled_from([0.0, 5.0, -30.0]))
def test_codes_differ_from_unit_vectors_by_half_a_step_at_most(
    seed: int, count: int, peak: float
) -> None:
    vectors = drawn(seed, count, peak)
    codes = passage_codes(tokens(vectors), "en", calibration())
    assert codes.shape == (count, CODE_BYTES)
    assert codes.dtype == np.uint8
    expected = np.clip(vectors, -LARGEST, LARGEST)
    np.testing.assert_allclose(decoded(codes), expected, atol=STEP / 2 + 1e-6)


def test_a_code_is_the_nearest_one() -> None:
    vectors = drawn(0, 50)
    found = decoded(passage_codes(tokens(vectors), "en", calibration()))
    levels = np.arange(-7, 8) * STEP
    nearest = levels[np.abs(vectors[..., None] - levels).argmin(axis=-1)]
    np.testing.assert_allclose(found, nearest, atol=1e-6)


def test_vectors_of_any_length_are_stored_alike() -> None:
    vectors = drawn(0, 4)
    codes = [passage_codes(tokens(scale * vectors), "en", calibration()) for scale in (1, 0.01, 50)]
    np.testing.assert_array_equal(codes[0], codes[1])
    np.testing.assert_array_equal(codes[0], codes[2])


def test_the_mean_of_the_language_is_subtracted() -> None:
    mean = 0.5 * drawn(1, 1)[0]
    vectors = drawn(0, 4)
    by = calibration(mean)
    plain = passage_codes(tokens(vectors), "en", by)
    np.testing.assert_array_equal(passage_codes(tokens(vectors + mean), "vi", by), plain)
    # Another language uses the mean of all means: here, half of the one that is not zero.
    np.testing.assert_array_equal(passage_codes(tokens(vectors + mean / 2), "th", by), plain)
    asked = question_tokens(tokens(vectors + mean), "vi", by)
    assert asked is not None
    np.testing.assert_allclose(asked.vectors, vectors, atol=1e-5)


def test_a_token_equal_to_the_mean_matches_nothing() -> None:
    mean = drawn(1, 1)[0]
    codes = passage_codes(tokens(mean[None]), "vi", calibration(mean))
    assert not decoded(codes).any()
    asked = question_tokens(tokens(drawn(0, 3)), "en", calibration(mean))
    assert asked is not None
    np.testing.assert_allclose(matched(asked, [codes]), np.zeros((3, 1)), atol=1e-5)


def test_vectors_are_projected() -> None:
    wide = np.zeros((300, TOKEN_DIM), dtype=np.float32)
    wide[np.arange(TOKEN_DIM), np.arange(TOKEN_DIM)] = 1
    by = calibration(np.zeros(300, dtype=np.float32), wide)
    vectors = drawn(0, 4)
    beside = np.ones((4, 300 - TOKEN_DIM), dtype=np.float32)
    np.testing.assert_array_equal(
        passage_codes(tokens(np.hstack([vectors, beside])), "vi", by),
        passage_codes(tokens(vectors), "en", calibration()),
    )


def test_common_tokens_are_left_out() -> None:
    vectors = drawn(0, 4)
    codes = passage_codes(tokens(vectors, [COMMON, RARE, COMMON, UNSEEN]), "en", calibration())
    kept = passage_codes(tokens(vectors[[1, 3]]), "en", calibration())
    np.testing.assert_array_equal(codes, kept)
    assert not len(passage_codes(tokens(vectors, [COMMON] * 4), "en", calibration()))


def test_a_passage_without_tokens_has_no_codes() -> None:
    codes = passage_codes(tokens(np.empty((0, TOKEN_DIM), dtype=np.float32)), "en", calibration())
    assert (codes.shape, codes.dtype) == (NO_CODES.shape, NO_CODES.dtype)


@settings(deadline=None)
@given(SEEDS, st.lists(st.sampled_from([COMMON, RARE, ORDINARY, UNSEEN, 0, 12]), min_size=1))
def test_weights_of_a_question_sum_to_1(seed: int, ids: list[int]) -> None:
    asked = question_tokens(tokens(drawn(seed, len(ids)), ids), "vi", calibration())
    if set(ids) == {COMMON}:
        assert asked is None
        return
    assert asked is not None
    assert asked.weights.sum() == pytest.approx(1, abs=1e-5)
    raw = np.array([{COMMON: 0.0, RARE: 3.0, ORDINARY: 1.0}.get(i, 4.0) for i in ids])
    np.testing.assert_allclose(asked.weights, raw / raw.sum(), rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(asked.vectors, axis=1), 1, rtol=1e-5)


def test_a_question_whose_tokens_have_no_weight_is_not_matched() -> None:
    assert question_tokens(tokens(drawn(0, 0)), "vi", calibration()) is None
    assert question_tokens(tokens(drawn(0, 2), [COMMON] * 2), "vi", calibration()) is None
    assert question_tokens(tokens(drawn(0, 2), [0, 99]), "vi", calibration(unseen=0.0)) is None


def matched(question: QuestionTokens, passages: list[Codes]) -> Vectors:
    """Return the best matches in passages, shape (tokens, n)."""
    starts = np.cumsum([0, *map(len, passages)])
    return best_matches(question, steps_of(np.concatenate([NO_CODES, *passages])), starts)


def in_8_bits(vectors: Vectors) -> Vectors:
    """Return vectors with each component rounded to a 127th of the vector's largest one."""
    steps = np.abs(vectors).max(axis=1, keepdims=True) / 127
    return np.asarray(np.rint(vectors / steps) * steps)


def naive(question: QuestionTokens, passages: list[Codes]) -> Vectors:
    """Return the same, computed token by token from the decoded codes."""
    matches = np.zeros((len(question.vectors), len(passages)), dtype=np.float32)
    for column, codes in enumerate(passages):
        vectors = decoded(codes).astype(np.float64)
        for row, asked in enumerate(in_8_bits(question.vectors)):
            matches[row, column] = max((float(asked @ one) for one in vectors), default=0.0)
    return matches


def test_steps_are_the_decoded_codes() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(4, CODE_BYTES)
    steps = steps_of(every)
    assert steps.dtype == np.int8
    np.testing.assert_allclose((steps.astype(np.float32) - 8) * STEP, decoded(every), atol=1e-6)
    assert steps_of(NO_CODES).shape == (0, TOKEN_DIM)


@settings(deadline=None)
@given(SEEDS, st.integers(1, 6), st.lists(st.integers(0, 4), max_size=8))
def test_each_token_of_a_question_has_its_best_match(
    seed: int, asked: int, sizes: list[int]
) -> None:
    question = question_tokens(tokens(drawn(seed, asked)), "en", calibration())
    assert question is not None
    passages = [
        passage_codes(tokens(drawn(seed + place, size, 3.0)), "en", calibration())
        for place, size in enumerate(sizes)
    ]
    matches = matched(question, passages)
    assert matches.shape == (asked, len(sizes))
    assert matches.dtype == np.float32
    np.testing.assert_allclose(matches, naive(question, passages), atol=1e-5)
    assert not matches[:, [place for place, size in enumerate(sizes) if not size]].any()


@settings(deadline=None)
@given(SEEDS, st.integers(1, 6))
def test_8_bits_of_a_question_change_a_match_by_far_less_than_a_step_of_a_passage(
    seed: int, asked: int
) -> None:
    question = question_tokens(tokens(drawn(seed, asked)), "en", calibration())
    assert question is not None
    codes = passage_codes(tokens(drawn(seed + 1, 20, 3.0)), "en", calibration())
    exact = (question.vectors @ decoded(codes).T).max(axis=1)
    np.testing.assert_allclose(matched(question, [codes])[:, 0], exact, atol=STEP / 10)


def test_the_passage_that_a_question_repeats_comes_first() -> None:
    texts = [drawn(seed, 12) for seed in range(20)]
    passages = [passage_codes(tokens(vectors), "en", calibration()) for vectors in texts]
    for place, vectors in enumerate(texts):
        question = question_tokens(tokens(vectors[3:9]), "en", calibration())
        assert question is not None
        scores = question.weights @ matched(question, passages)
        assert scores.argmax() == place
        assert scores[place] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_passages_without_tokens_match_nothing(count: int) -> None:
    question = question_tokens(tokens(drawn(0, 2)), "en", calibration())
    assert question is not None
    matches = matched(question, [NO_CODES] * count)
    assert matches.shape == (2, count)
    assert not matches.any()

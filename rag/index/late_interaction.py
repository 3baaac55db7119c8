"""Late interaction: each token of a question looks for its best match among a passage's tokens.

The score of a passage is the mean, weighted, of its tokens' greatest inner products (MaxSim:
Khattab and Zaharia, 2020, ColBERT). The vectors are the encoder's own, of the same pass that gives
the passage's vector, with the language's mean taken away, projected to 128 dimensions and stored in
4 bits a dimension. On ViQuAD 2, CMRC 2018, DRCD and SQuADShifts with unrelated passages added, R@1
by passage and sentences was .86, with late interaction .90, and as much at 4 bits as at 16;
1 bit lost a point, as did merging each three tokens, and each two neighbours two points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings import TokenVectors, Vectors
from embeddings.calibration.calibration import TOKEN_DIM, TokenCalibration, mean_of
from rag.records.passage import CODE_BYTES, Codes

_LARGEST = 0.3
"""Component of a unit vector that the largest code stands for; larger ones are cut there."""

_LEVELS = 7
"""Steps to each side of zero."""


@dataclass(frozen=True)
class QuestionTokens:
    """A question's tokens, ready to be matched.

    Attributes:
        vectors: unit rows, shape (n, TOKEN_DIM).
        weights: summing to 1, shape (n,).
    """

    vectors: Vectors
    weights: NDArray[np.float32]


def question_tokens(
    tokens: TokenVectors, language: str, calibration: TokenCalibration
) -> QuestionTokens | None:
    """Return a question's tokens as they are matched; None when it has none that tell anything."""
    weights = calibration.weights_of(tokens.ids)
    if not len(weights) or weights.sum() <= 0:
        return None
    vectors = _projected(tokens.vectors, mean_of(calibration.questions, language), calibration)
    return QuestionTokens(vectors, weights / weights.sum())


def passage_codes(tokens: TokenVectors, language: str, calibration: TokenCalibration) -> Codes:
    """Return what is stored of a passage's tokens; those that stand everywhere are left out."""
    kept = calibration.is_telling(tokens.ids)
    vectors = tokens.vectors[kept]
    projected = _projected(vectors, mean_of(calibration.passages, language), calibration)
    steps = np.rint(np.clip(projected / _LARGEST, -1, 1) * _LEVELS).astype(np.int8) + 8
    low, high = steps[:, :CODE_BYTES], steps[:, CODE_BYTES:]
    return np.asarray(low | (high << 4), dtype=np.uint8)


def steps_of(codes: Codes) -> Vectors:
    """Return the components that codes stand for, in steps plus 8, shape (n, TOKEN_DIM).

    What :func:`best_matches` takes; it saves a pass over the tokens to leave them so.
    """
    steps = np.empty((len(codes), TOKEN_DIM), dtype=np.float32)
    steps[:, :CODE_BYTES] = codes & 15
    steps[:, CODE_BYTES:] = codes >> 4
    return steps


def best_matches(question: QuestionTokens, steps: Vectors, starts: NDArray[np.int64]) -> Vectors:
    """Return each question token's greatest inner product with a passage's, shape (tokens, n).

    Zeros for a passage that has no tokens. Weighted by the question's weights and summed, they are
    the passages' scores.

    Args:
        question: what is asked.
        steps: the tokens of all passages, one passage after the other; see :func:`steps_of`.
        starts: where each passage's tokens begin, and where the last one's end, shape (n + 1,).
    """
    matches = np.zeros((len(question.vectors), len(starts) - 1), dtype=np.float32)
    full = np.flatnonzero(np.diff(starts))
    if not len(full):
        return matches
    scaled = question.vectors * np.float32(_LARGEST / _LEVELS)
    best = np.maximum.reduceat(scaled @ steps.T, starts[full], axis=1)
    matches[:, full] = best - 8 * scaled.sum(axis=1, keepdims=True)
    return matches


def _projected(vectors: Vectors, mean: Vectors, calibration: TokenCalibration) -> Vectors:
    centred = (vectors - mean) @ calibration.projection
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)

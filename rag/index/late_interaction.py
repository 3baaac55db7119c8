"""Late interaction: each token of a question is compared with each token of a passage.

A passage's score is the weighted mean, over the question's tokens, of the greatest inner product
with one of the passage's tokens (MaxSim: Khattab and Zaharia, 2020, ColBERT). The encoder gives the
token vectors in the same pass as the passage's vector. They are stored after subtracting the
language's mean vector, projected to 128 dimensions of 4 bits each. Of tokens that are nearly equal
the first is stored (:mod:`rag.records.token_codes`).

On ViQuAD 2, CMRC 2018, DRCD and SQuADShifts with unrelated passages added, R@1 was .86 by passages
and sentences, and .90 with late interaction, both at 4 bits and at 16 bits. It lost one point with
1 bit, one point when every three tokens were merged, and two points when every two neighbours were.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings import TokenVectors, Vectors
from embeddings.calibration.calibration import TokenCalibration, mean_of
from embeddings.inner_products import inner_products, integer_products
from rag.records.passage import CODE_BYTES, Codes

Steps = NDArray[np.int8] | NDArray[np.float32]
"""Components of stored tokens, 1 to 15, shape (n, TOKEN_DIM). Subtract 8 and multiply by
``_LARGEST / _LEVELS`` to get unit vectors; :func:`best_matches` does so after the inner products,
which saves a pass over all tokens. In single precision if
:func:`embeddings.inner_products.prepared` made them so."""

_LARGEST = 0.3
"""The component of a unit vector that the largest code stands for; larger ones are clipped."""

_LEVELS = 7
"""Codes on each side of zero."""

_LARGEST_INTEGER = 127
"""What the largest component of a question's token becomes in 8 bits."""


@dataclass(frozen=True)
class QuestionTokens:
    """A question's tokens, ready to be matched.

    Attributes:
        vectors: unit vectors, shape (n, TOKEN_DIM).
        weights: shape (n,); their sum is 1.
    """

    vectors: Vectors
    weights: NDArray[np.float32]

    @cached_property
    def _sizes(self) -> Vectors:
        """What a unit of each token's :attr:`_integers` stands for, shape (n, 1)."""
        largest = np.abs(self.vectors).max(axis=1, keepdims=True, initial=np.finfo(np.float32).tiny)
        return np.asarray(largest / _LARGEST_INTEGER, dtype=np.float32)

    @cached_property
    def _integers(self) -> NDArray[np.int8]:
        """The vectors in 8 bits, each divided by its size, shape (n, TOKEN_DIM).

        What is rounded away is an eighteenth of what stored tokens lose in 4 bits.
        """
        return np.asarray(np.rint(self.vectors / self._sizes), dtype=np.int8)

    def best(self, steps: Steps, starts: NDArray[np.int64]) -> Vectors:
        """Return the greatest inner products with tokens, as :func:`best_matches` does.

        Args:
            steps: at least one token of each passage.
            starts: where each passage's tokens begin, shape (n,).
        """
        products = integer_products(steps, self._integers)
        best = np.maximum.reduceat(products, starts, axis=0).T
        best -= 8 * self._integers.sum(axis=1, dtype=np.int32, keepdims=True)
        return np.asarray(best * (self._sizes * np.float32(_LARGEST / _LEVELS)), dtype=np.float32)


def question_tokens(
    tokens: TokenVectors, language: str, calibration: TokenCalibration
) -> QuestionTokens | None:
    """Return a question's tokens, ready to be matched; None if all of them have no weight."""
    return _weighted(tokens, mean_of(calibration.questions, language), calibration)


def sentence_tokens(
    tokens: TokenVectors, language: str, calibration: TokenCalibration
) -> QuestionTokens | None:
    """Return the tokens of a text that was encoded as a passage, ready to be matched.

    None if all of them have no weight.
    """
    return _weighted(tokens, mean_of(calibration.passages, language), calibration)


def passage_codes(tokens: TokenVectors, language: str, calibration: TokenCalibration) -> Codes:
    """Return the codes of a passage's tokens; tokens common to all passages are left out."""
    kept = calibration.is_distinctive(tokens.ids)
    vectors = tokens.vectors[kept]
    projected = _projected(vectors, mean_of(calibration.passages, language), calibration)
    steps = np.rint(np.clip(projected / _LARGEST, -1, 1) * _LEVELS).astype(np.int8) + 8
    low, high = steps[:, :CODE_BYTES], steps[:, CODE_BYTES:]
    return np.asarray(low | (high << 4), dtype=np.uint8)


def best_matches(question: QuestionTokens, steps: Steps, starts: NDArray[np.int64]) -> Vectors:
    """Return each question token's greatest inner product with a passage's tokens.

    The passages' scores are ``question.weights @ best_matches(...)``.

    Args:
        question: the question's tokens.
        steps: the tokens of all passages, one passage after the other; see :func:`steps_of`.
        starts: where each passage's tokens begin, and where the last one's end, shape (n + 1,).

    Returns:
        Shape (question tokens, n); zeros for a passage without tokens.
    """
    matches = np.zeros((len(question.vectors), len(starts) - 1), dtype=np.float32)
    with_tokens = np.flatnonzero(np.diff(starts))
    if not len(with_tokens):
        return matches
    matches[:, with_tokens] = question.best(steps, starts[with_tokens])
    return matches


def _weighted(
    tokens: TokenVectors, mean: Vectors, calibration: TokenCalibration
) -> QuestionTokens | None:
    weights = calibration.weights_of(tokens.ids)
    if not len(weights) or weights.sum() <= 0:
        return None
    return QuestionTokens(_projected(tokens.vectors, mean, calibration), weights / weights.sum())


def _projected(vectors: Vectors, mean: Vectors, calibration: TokenCalibration) -> Vectors:
    centred = inner_products(vectors - mean, calibration.projection.T)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)

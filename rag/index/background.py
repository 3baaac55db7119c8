"""A sample of each language's passages, which scores are measured against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors

SAMPLE_SIZE = 512
"""Passages of each language that make its background; 50 already give good means."""

TOKEN_SAMPLE_SIZE = 64
"""Of those, how many are matched token by token, which takes longer. Set by hand."""

Scores = NDArray[np.float32]
Starts = NDArray[np.int64]


@dataclass(frozen=True)
class Background:
    """Sampled passages of one language.

    Attributes:
        passages: shape (n, dim).
        sentences: the sentences of all of them, in order, shape (m, dim).
        starts: where each passage's sentences begin and the last one's end, shape (n + 1,).
        tokens: of the first :data:`TOKEN_SAMPLE_SIZE` of them, as
            :func:`rag.index.late_interaction.steps_of` gives them.
        token_starts: likewise.
    """

    passages: Vectors
    sentences: Vectors
    starts: Starts
    tokens: Vectors
    token_starts: Starts

    @cached_property
    def passage_sum(self) -> Vectors:
        """The sum of the passages' vectors, shape (dim,)."""
        return np.asarray(self.passages.sum(axis=0))

    @cached_property
    def sentence_sum(self) -> Vectors:
        """The sum of the sentences' vectors, shape (dim,)."""
        return np.asarray(self.sentences.sum(axis=0))

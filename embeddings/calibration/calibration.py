"""A model's calibration: the mean vector of each language, and what late interaction needs.

Multilingual encoders put texts of the same language close together. Subtracting each language's
mean vector, separately for questions, passages and sentences, brings texts of the same meaning
together (XQuAD, cross-language R@1: .69 by cosine, .73 after subtracting). The packaged model's
calibration is shipped with it. :func:`embeddings.calibration.fit.calibrate` made it from 3,000
passages of each language (Vietnamese Wikipedia, Chinese news from CRUD, English pages from WCXB)
and the questions of ViQuAD 2, CMRC 2018, DRCD and SQuADShifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xxhash
from numpy.typing import NDArray

from embeddings.vectors import Vectors

Means = Mapping[str, Vectors]
"""A vector for each language, shape (dim,)."""

TOKEN_DIM = 128
"""Dimensions after the projection of token vectors. On XQuAD, 128 lose no R@1 and 64 lose a
point."""


@dataclass(frozen=True)
class TokenCalibration:
    """What late interaction over token vectors needs.

    Attributes:
        projection: shape (dim of the last layer, TOKEN_DIM), orthonormal columns.
        questions: mean token vectors of questions, by language.
        passages: mean token vectors of passages, by language.
        ids: tokens whose weight is known, sorted, shape (n,).
        weights: of those tokens in a question, shape (n,).
        unseen: weight of all other tokens.
        common: tokens that are in too many passages to distinguish them, sorted.
    """

    projection: NDArray[np.float32]
    questions: Means
    passages: Means
    ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    unseen: float
    common: NDArray[np.int32]

    def weights_of(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the weights of a question's tokens, same shape."""
        if not len(self.ids):
            return np.full(len(ids), self.unseen, dtype=np.float32)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        known = self.ids[places] == ids
        return np.where(known, self.weights[places], np.float32(self.unseen))

    def is_distinctive(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which of a passage's tokens distinguish it from others, same shape."""
        return ~np.isin(ids, self.common)

    @cached_property
    def digest(self) -> str:
        """Identity of the function from a passage's token vectors to what the index stores."""
        parts = [self.projection, self.common, *(self.passages[k] for k in sorted(self.passages))]
        return xxhash.xxh3_128_hexdigest(b"".join(part.tobytes() for part in parts))


@dataclass(frozen=True)
class Calibration:
    """Mean vectors by language; an empty mapping means: use the collection's own means.

    Attributes:
        questions: of questions; never empty.
        passages: of passages.
        sentences: of sentences, encoded as passages.
        tokens: what late interaction needs; None if the encoder returns no token vectors.
    """

    questions: Means
    passages: Means = field(default_factory=dict)
    sentences: Means = field(default_factory=dict)
    tokens: TokenCalibration | None = None


def mean_of(means: Means, language: str) -> Vectors:
    """Return a language's mean; for an unknown language, the mean of all means."""
    known = means.get(language)
    return known if known is not None else np.mean(list(means.values()), axis=0, dtype=np.float32)

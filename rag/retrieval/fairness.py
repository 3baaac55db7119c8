"""Scores that compare across languages: each measured against its language's own background.

Multilingual encoders put the texts of one language near each other, so that a plain cosine hardly
ever prefers a passage in another language than the question's, however well it answers. Two things
mend that. The mean vector of each language is taken away
(:mod:`embeddings.calibration.calibration`). And a
score becomes the number of standard deviations above what passages of its language score for the
same question, by a sample of the collection itself. Nothing is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from rag.index.background import Scores

_PSEUDO_PASSAGES = 10
"""Weight of all languages' common mean and variance in each one's own: a language with a handful
of passages has no background to speak of. Set by hand, not tuned."""

_LEAST_DEVIATION = 1e-3
"""Of cosines; keeps the scores of a collection of copies finite."""


def own_means(sums: Mapping[str, Vectors], counts: Mapping[str, int]) -> dict[str, Vectors]:
    """Return each language's mean vector from sums of its own vectors.

    Shrunk towards the mean of all languages, the more so the fewer vectors a language has, and that
    towards zero: of a single passage nothing would be left without its own mean.
    """
    total = sum(counts.values()) + _PSEUDO_PASSAGES
    common = sum(sums.values()) / total
    return {
        language: np.asarray(
            (sums[language] + _PSEUDO_PASSAGES * common) / (counts[language] + _PSEUDO_PASSAGES)
        )
        for language in sums
    }


def centred_cosines(vectors: Vectors, mean: Vectors, question: Vectors) -> Scores:
    """Return the cosines to a question of vectors without a mean, shape (n,).

    Args:
        vectors: unit vectors, shape (n, dim).
        mean: what they are taken relative to, shape (dim,).
        question: a unit vector, shape (dim,).
    """
    products = vectors @ np.stack([question, mean], axis=1)
    square = 1 - 2 * products[:, 1] + mean @ mean
    lengths = np.sqrt(np.maximum(square, np.finfo(np.float32).tiny))
    return np.asarray((products[:, 0] - mean @ question) / lengths, dtype=np.float32)


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of background scores."""

    mean: float
    deviation: float

    def standardise(self, scores: Scores) -> Scores:
        """Return (score - mean) / deviation."""
        return np.asarray((scores - self.mean) / self.deviation, dtype=np.float32)


def scales(samples: Mapping[str, Scores]) -> dict[str, Scale]:
    """Return each language's scale from its background scores, shape (n,).

    Mean and variance are shrunk towards those of all languages together, the more so the fewer
    passages a language has, so that a single passage is judged by the common scale.
    """
    if not samples:
        return {}
    counts = {language: len(scores) for language, scores in samples.items()}
    total = sum(counts.values())
    mean = sum(float(scores.sum()) for scores in samples.values()) / total
    # The spread within languages; with a passage or two of each there is hardly any, and the
    # spread of all together, which counts as one more passage, stands in for it.
    within = sum(float(scores.var()) * counts[name] for name, scores in samples.items())
    overall = float(np.concatenate(list(samples.values())).var())
    variance = (within + overall) / (total - len(samples) + 1)
    result = {}
    for language, scores in samples.items():
        own, prior = counts[language], _PSEUDO_PASSAGES
        shrunk_mean = (float(scores.sum()) + prior * mean) / (own + prior)
        shrunk = (float(scores.var()) * own + prior * variance) / (own + prior)
        result[language] = Scale(shrunk_mean, float(np.sqrt(shrunk)) + _LEAST_DEVIATION)
    return result

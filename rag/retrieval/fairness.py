"""Scores that can be compared across languages: each is measured against its own language.

A multilingual encoder puts the texts of one language near each other. So the plain cosine hardly
ever prefers a passage in another language than the question's, however well that passage answers.
Two steps correct this. First, each language's mean vector is subtracted
(:mod:`embeddings.calibration.calibration`). Second, a score is expressed in standard deviations
above the mean score that passages of its language have for the same question. A sample of the
collection itself gives that mean and deviation. Nothing is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from embeddings.inner_products import HalfVectors, inner_products
from embeddings.scaled_vectors import ScaledVectors
from rag.index.background import Scores

_PSEUDO_PASSAGES = 10
"""How many passages the common mean and variance of all languages count as in each language's own.
A language with a handful of passages has too few to measure. Chosen manually, not tuned."""

_LEAST_DEVIATION = 1e-3
"""Added to the deviation of cosines. It keeps scores finite where all passages are equal."""


def own_means(sums: Mapping[str, Vectors], counts: Mapping[str, int]) -> dict[str, Vectors]:
    """Return each language's mean vector from sums of its own vectors.

    The fewer vectors a language has, the more its mean is moved towards the mean of all languages,
    and that one towards zero. Otherwise a single passage minus its own mean would be zero.
    """
    total = sum(counts.values()) + _PSEUDO_PASSAGES
    common = sum(sums.values()) / total
    return {
        language: np.asarray(
            (sums[language] + _PSEUDO_PASSAGES * common) / (counts[language] + _PSEUDO_PASSAGES)
        )
        for language in sums
    }


def centred_cosines(
    vectors: HalfVectors | Vectors | ScaledVectors, mean: Vectors, question: Vectors
) -> Scores:
    """Return the cosines between a question and vectors minus a mean, shape (n,).

    Args:
        vectors: unit vectors, as :func:`embeddings.inner_products.inner_products` takes rows.
        mean: subtracted from each vector, shape (dim,).
        question: a unit vector, shape (dim,).
    """
    products = inner_products(vectors, np.stack([question, mean]))
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

    The fewer passages a language has, the more its mean and variance are moved towards those of
    all languages together. So a single passage is judged by the common scale.
    """
    if not samples:
        return {}
    counts = {language: len(scores) for language, scores in samples.items()}
    total = sum(counts.values())
    mean = sum(float(scores.sum()) for scores in samples.values()) / total
    # The variance within languages. With one or two passages of each language there is hardly any;
    # therefore the variance of all passages together is added, as one more passage.
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

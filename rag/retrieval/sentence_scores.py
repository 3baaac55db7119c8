"""What the sentences of a passage are worth as quotes: their scores, and what a reader found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.reading.passages import PassageReading
from rag.retrieval.log_odds import log_odds
from rag.text.span import Span

SPAN_WEIGHT = 0.15
"""What a unit of the log-odds that the answer is in a sentence counts, in standard deviations of a
score. Chosen on our own questions that the reader did not learn from (:mod:`eval.reader`), for the
first quote that holds the answer: of 408 questions .382 with 0, .463 with .1, .471 with .15, .468
with .2, .463 with .3."""

_LEAST = 0.001
"""Probability of a sentence in which no likely answer begins."""


def scores_with_reading(
    sentences: Sequence[Span],
    scores: NDArray[np.float32],
    reading: PassageReading | None,
) -> NDArray[np.float32]:
    """Return the scores of sentences, those in which likely answers begin higher than others.

    A sentence that repeats the question is most like it, and the answer is often in the next one.

    Args:
        sentences: offsets into the article's text.
        scores: of the sentences, shape (sentences,), float32.
        reading: of their passage; without one, the scores stay as they are.
    """
    if reading is None:
        return scores
    starts = [sentence.start for sentence in sentences]
    found = np.full(len(sentences), 0.0)
    for each in reading.spans:
        found[max(int(np.searchsorted(starts, each.span.start, side="right")) - 1, 0)] += each.score
    added = [SPAN_WEIGHT * log_odds(max(float(each), _LEAST)) for each in found]
    return scores + np.array(added, dtype=np.float32)

"""How surely the best hit answers the question."""

from __future__ import annotations

import math

SLOPE = 1.94
INTERCEPT = -0.93
"""Of a logistic fit: `python -m eval.confidence` makes it, from paragraphs of ViQuAD 2, CMRC 2018,
DRCD and SQuADShifts, of which half the questions had the paragraph that answers them taken away."""


def margin(score: float, passages: int) -> float:
    """Return how far a score lies above the best that chance would give.

    Of n normally distributed scores the largest is near sqrt(2 ln n) standard deviations above the
    mean, so a score of 3 says much among ten passages and little among a million.

    Args:
        score: a hit's, in standard deviations.
        passages: how many the collection holds.
    """
    return score - math.sqrt(2 * math.log(max(passages, 1)))


def confidence(score: float, passages: int) -> float:
    """Return the probability, 0 to 1, that the best hit's article answers the question.

    Args:
        score: the best hit's.
        passages: how many the collection holds.

    >>> confidence(6.0, 2000) > 0.9 > 0.2 > confidence(3.5, 2000)
    True
    """
    odds = SLOPE * margin(score, passages) + INTERCEPT
    return round(1 / (1 + math.exp(-min(max(odds, -50), 50))), 4)

"""Probabilities of a reader as log-odds, which can be added to scores."""

from __future__ import annotations

import math

BOUND = 6.0
"""Log-odds beyond which a reader is not surer."""


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds, between -6 and 6.

    >>> log_odds(0.5), log_odds(0.0)
    (0.0, -6.0)
    """
    if not 0 < probability < 1:
        return BOUND if probability > 0 else -BOUND
    return min(max(math.log(probability / (1 - probability)), -BOUND), BOUND)

"""Articles that appeared at the time that a question names come first on near ties.

News seldom states its own year. A question states it, and means articles of that time. Neither the
vectors nor the words of an article say when it appeared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.periods import Period
from tamngu.records.filter import UNDATED

BOOST = {"year": 0.25, "month": 0.5, "day": 0.5}
"""Standard deviations that are added to the score of an article that appeared in the year, the
month or on the day that a question names. Chosen manually, not tuned: we know of no question set
whose articles have dates."""

_LATER = 7
"""Days after a period in which articles still report on it. Chosen manually, not tuned."""


def date_boost(periods: Sequence[Period], days: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return what is added to the scores of articles for when they appeared, shape (n,).

    Args:
        periods: that the question names; the one that adds most counts.
        days: on which the articles appeared, ordinals or :data:`tamngu.records.filter.UNDATED`,
            shape (n,).
    """
    boost = np.zeros(len(days), dtype=np.float32)
    for period in periods:
        first, last = period.first.toordinal(), period.last.toordinal() + _LATER
        within = (days != UNDATED) & (days >= first) & (days <= last)
        boost = np.maximum(boost, within * np.float32(BOOST[period.unit]))
    return boost

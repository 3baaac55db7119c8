"""The dates that a question names, and articles that appeared then.

News seldom says which year it is. A question does, and means articles of that time; nothing in
their vectors or words tells.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.periods import Period
from tamngu.records.filter import UNDATED

DATED = {"year": 0.25, "month": 0.5, "day": 0.5}
"""Standard deviations that an article is given ahead for having appeared in the year, month or days
a question names. Set by hand: no question set that we know dates its articles."""

_LATER = 7
"""Days after a period in which articles still tell of it. Set by hand."""


def ahead(periods: Sequence[Period], days: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return how far articles are ahead by when they appeared, shape (n,).

    Args:
        periods: that the question names; the one that gives most counts.
        days: on which the articles appeared, ordinals or :data:`tamngu.records.filter.UNDATED`,
        shape (n,).
    """
    result = np.zeros(len(days), dtype=np.float32)
    for period in periods:
        first, last = period.first.toordinal(), period.last.toordinal() + _LATER
        within = (days != UNDATED) & (days >= first) & (days <= last)
        result = np.maximum(result, within * np.float32(DATED[period.unit]))
    return result

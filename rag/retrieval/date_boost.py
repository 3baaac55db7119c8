"""Articles that appeared at the time that a question names come first on near ties.

News seldom states its own year. A question states it, and means articles of that time. Neither the
vectors nor the words of an article say when it appeared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from rag.text.dates.periods import DayOfYear, Period
from tamngu.records.filter import UNDATED

BOOST = {"year": 0.25, "month": 0.5, "day": 0.5, "day of year": 0.25}
"""Standard deviations that are added to the score of an article that appeared in the year, the
month or on the day that a question names, or on that day of any year if it names none. Chosen
manually, not tuned: we know of no question set whose articles have dates."""

_LATER = 7
"""Days after a period in which articles still report on it. Chosen manually, not tuned."""


_LEAP_YEAR = 2000
_EPOCH = date(1970, 1, 1).toordinal()


def date_boost(
    periods: Sequence[Period | DayOfYear], days: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return what is added to the scores of articles for when they appeared, shape (n,).

    Args:
        periods: that the question names, also days without their year; the one that adds most
            counts.
        days: on which the articles appeared, ordinals or :data:`tamngu.records.filter.UNDATED`,
            shape (n,).
    """
    boost = np.zeros(len(days), dtype=np.float32)
    for period in periods:
        if isinstance(period, DayOfYear):
            within = (days != UNDATED) & _is_near(period, days)
            boost = np.maximum(boost, within * np.float32(BOOST["day of year"]))
            continue
        first, last = period.first.toordinal(), period.last.toordinal() + _LATER
        within = (days != UNDATED) & (days >= first) & (days <= last)
        boost = np.maximum(boost, within * np.float32(BOOST[period.unit]))
    return boost


def _is_near(day: DayOfYear, days: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which days are a day of the year or shortly after it, shape (n,)."""
    near = [
        date(_LEAP_YEAR, day.month, day.day) + timedelta(days=later) for later in range(_LATER + 1)
    ]
    dated = days.astype(np.int64) - _EPOCH
    moments = dated.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    of_month = (moments - months).astype(np.int64) + 1
    codes = [each.month * 100 + each.day for each in near]
    return np.isin(month * 100 + of_month, codes)

"""The days, months and years that a question names, as stretches of days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from rag.text.dates.named import NamedDate, named_dates


@dataclass(frozen=True)
class Period:
    """A stretch of days that a question names.

    Attributes:
        first: the first day.
        last: the last day.
        unit: ``year``, ``month`` or ``day``.
    """

    first: date
    last: date
    unit: str


@dataclass(frozen=True)
class DayOfYear:
    """A day that a question names without its year.

    Attributes:
        month: from 1.
        day: of the month.
    """

    month: int
    day: int


def periods_in(question: str, language: str | None = None) -> list[Period]:
    """Return the periods that a question names, each once: days, then months, then years.

    Args:
        question: or another text.
        language: of it; see :func:`rag.text.dates.named.named_dates`.

    >>> [str(period.first) for period in periods_in("Ngày 23/11/2020 ... tháng 3 năm 2021?")]
    ['2020-11-23', '2021-03-01']
    >>> [period.unit for period in periods_in("2019年2月，nhiệm kỳ 2014-2016, in 2024")]
    ['month', 'year']
    """
    found = (_period(each) for each in named_dates(question, language) if each.year is not None)
    return list(dict.fromkeys(found))


def days_of_year_in(question: str, language: str | None = None) -> list[DayOfYear]:
    """Return the days that a question names without their year, each once.

    >>> days_of_year_in("Ngày 3/8 có gì?"), days_of_year_in("8月3日"), days_of_year_in("tỷ số 3/8")
    ([DayOfYear(month=8, day=3)], [DayOfYear(month=8, day=3)], [])
    """
    found = (
        DayOfYear(each.month, each.day)
        for each in named_dates(question, language)
        if each.year is None and each.month is not None and each.day is not None
    )
    return list(dict.fromkeys(found))


def _period(named: NamedDate) -> Period:
    year = named.year or 0
    if named.month is None:
        return Period(date(year, 1, 1), date(year, 12, 31), "year")
    if named.day is None:
        last = monthrange(year, named.month)[1]
        return Period(date(year, named.month, 1), date(year, named.month, last), "month")
    day = date(year, named.month, named.day)
    return Period(day, day, "day")

"""The days, months and years that a question names."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from rag.text.date_grammar import (
    MONTH_NAME,
    MONTH_YEAR_VI,
    YEAR,
    YEAR_MONTH_ZH,
    days_in,
    month_number,
)

_FIRST_YEAR = 1900
"""Questions ask about older times than pages are from."""

_MONTH_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        YEAR_MONTH_ZH,
        MONTH_YEAR_VI,
        rf"\b{MONTH_NAME},?\s{{1,3}}(?:of\s)?{YEAR}(?!\d)",
    )
]
_YEAR_ALONE = re.compile(rf"(?<![\d/.,–-]){YEAR}(?![\d/–-]|[.,]\d)")
"""Two years with a dash between them are a term of office or another span of time."""


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


def periods_in(question: str) -> list[Period]:
    """Return the periods that a question names, each once: days, then months, then years.

    >>> [str(period.first) for period in periods_in("Ngày 23/11/2020 ... tháng 3 năm 2021?")]
    ['2020-11-23', '2021-03-01']
    >>> [period.unit for period in periods_in("2019年2月，nhiệm kỳ 2014-2016, in 2024")]
    ['month', 'year']
    """
    found: dict[Period, None] = {}
    # What is read as a day is not read again as a month or a year.
    characters = list(question)
    for written in days_in(question, day_first=True, first_year=_FIRST_YEAR):
        characters[written.start : written.end] = " " * (written.end - written.start)
        if written.day:
            found[Period(written.day, written.day, "day")] = None
    rest = "".join(characters)
    for form in _MONTH_FORMS:
        for match in form.finditer(rest):
            if period := _month(match.groupdict()):
                found[period] = None
        rest = form.sub(" ", rest)
    for match in _YEAR_ALONE.finditer(rest):
        year = int(match["year"])
        found[Period(date(year, 1, 1), date(year, 12, 31), "year")] = None
    return list(found)


def _month(read: dict[str, str | None]) -> Period | None:
    """Return the month that was read; None where there is no such month."""
    year = int(read["year"] or 0)
    month = month_number(read["name"] or "") if "name" in read else int(read["month"] or 0)
    if not 1 <= month <= 12:
        return None
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")

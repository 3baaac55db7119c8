"""The days, months and years that a question names."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_NUMBER = r"(?P<month>\d{1,2})"

_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}\s*年\s*{_NUMBER}\s*月\s*{_DAY}\s*[日号號]",
        rf"(?<!\d){_YEAR}-{_NUMBER}-{_DAY}(?!\d)",
        rf"(?<![\d/.-]){_DAY}\s*[/.-]\s*{_NUMBER}\s*[/.-]\s*{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}\s+th[aá]ng\s+{_NUMBER}(?:\s+n[aă]m\s+|\s*[,/-]\s*){_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}(?!\d)",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)",
        rf"{_YEAR}\s*年\s*{_NUMBER}\s*月",
        rf"th[aá]ng\s+{_NUMBER}(?:\s+n[aă]m\s+|\s*[,/-]\s*){_YEAR}(?!\d)",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}(?!\d)",
        # Two years with a dash between them are a term of office, or the like.
        rf"(?<![\d/.,–-]){_YEAR}(?![\d/–-]|[.,]\d)",
    )
]
"""From the most exact on: what one has read is not read again."""


@dataclass(frozen=True)
class Period:
    """Days that a question names.

    Attributes:
        first: of the days.
        last: likewise.
        unit: ``year``, ``month`` or ``day``.
    """

    first: date
    last: date
    unit: str


def periods_in(question: str) -> list[Period]:
    """Return the dates that a question names, each once.

    >>> [str(period.first) for period in periods_in("Ngày 23/11/2020 ... tháng 3 năm 2021?")]
    ['2020-11-23', '2021-03-01']
    >>> [period.unit for period in periods_in("2019年2月，nhiệm kỳ 2014-2016, in 2024")]
    ['month', 'year']
    """
    found: dict[Period, None] = {}
    for form in _FORMS:
        for match in form.finditer(question):
            if period := _period(match.groupdict()):
                found[period] = None
        question = form.sub(" ", question)
    return list(found)


def _period(read: dict[str, str | None]) -> Period | None:
    """Return what was read as a period; None where there is no such date."""
    year, name, number, day = (read.get(part) for part in ("year", "name", "month", "day"))
    if year is None:
        return None
    if name is None and number is None:
        return Period(date(int(year), 1, 1), date(int(year), 12, 31), "year")
    month = int(number) if number else _MONTHS.index((name or "")[:3].lower()) + 1
    if not 1 <= month <= 12:
        return None
    length = monthrange(int(year), month)[1]
    if day is None:
        return Period(date(int(year), month, 1), date(int(year), month, length), "month")
    if not 1 <= int(day) <= length:
        return None
    that = date(int(year), month, int(day))
    return Period(that, that, "day")

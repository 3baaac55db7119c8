"""The dates that a question, an answer or a sentence names, also days without their year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.text.dates import months, years
from rag.text.dates.grammar import (
    HAN_MONTH,
    MONTH_YEAR_VI,
    VIETNAMESE_MONTH,
    YEAR_MONTH_ZH,
    days_in,
    even,
    month_of,
)
from rag.text.dates.yearless import MONTH_FIRST, UNKNOWN, VERBS, yearless_days
from rag.text.dates.years import number, year_of

_FIRST_YEAR = 1000
_MONTH_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        YEAR_MONTH_ZH,
        MONTH_YEAR_VI,
        rf"\b{months.NAME}\.?,?\s{{1,3}}(?:of\s|de\s)?{years.YEAR}(?!\d)",
    )
]
_MONTH_ALONE = [
    re.compile(form)
    for form in (
        rf"(?<![\d年]){HAN_MONTH}\s?月(?!\d)",
        rf"(?i:th[aá]ng)\s{{1,3}}(?i:{VIETNAMESE_MONTH})(?![^\W_]|[-./]\d)",
        rf"\b(?P<name>(?i:{months.ENGLISH_NAME}))(?!\s?\d)",
    )
]
_BEFORE_MONTH = re.compile(
    r"\b(?:in|of|by|since|until|last|next|early|late|mid|this|every|during)[\s-]\Z", re.IGNORECASE
)
_YEAR_SAID = re.compile(
    rf"{years.HAN_YEAR}\s?年|\b(?:năm|nam|year|in|since)\s{{1,3}}(?P<plain>(?:19|20)\d\d)(?![\d/–-]|[.,]\d)",
    re.IGNORECASE,
)
_DECADE = re.compile(
    rf"(?:(?P<century>\d\d|{years.HAN_NUMBER})|上)\s?世[纪紀]\s?(?P<decade>[1-9]0|[一二三四五六七八九]十)\s?年代"
)
"""A decade has the year with which it begins, as "the 1990s" and "những năm 1990" do."""

_LAST_CENTURY, _CENTURIES = 20, (11, 21)

_YEAR_ALONE = re.compile(rf"(?<![\d/.,–-]){years.YEAR}(?![\d/–-]|[.,]\d)")
"""Two years with a dash between them are a term of office or another span of time."""


@dataclass(frozen=True)
class NamedDate:
    """A date that a text names, as exactly as it names it; what it does not name is None.

    Attributes:
        year: of the common era.
        month: from 1.
        day: of the month.
        start: offset of the first character.
        end: offset behind the last character.
        is_sure: whether it can be nothing else. 3/8 may be a fraction, and 2000 a number.
    """

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    is_sure: bool = True

    def agrees(self, other: NamedDate) -> bool:
        """Return whether both can be the same: 24/10/1945 agrees with 1945, 3/8 with 3 August."""
        pairs = [
            (mine, its)
            for mine, its in zip(self._parts(), other._parts(), strict=True)
            if mine is not None and its is not None
        ]
        return bool(pairs) and all(mine == its for mine, its in pairs)

    def _parts(self) -> tuple[int | None, int | None, int | None]:
        return self.year, self.month, self.day


def named_dates(text: str, language: str | None = None) -> list[NamedDate]:
    """Return the dates that a text names: days, then months, days without a year, and years.

    Of characters that form a day which does not exist, or whose order is not known, nothing is
    read.

    Args:
        text: in any language.
        language: of the text, which tells the order of 3/8; None where days stand before months.

    >>> [(d.day, d.month) for d in named_dates("ngày 3/8")]
    [(3, 8)]
    >>> [(d.day, d.month) for d in named_dates("3 tháng 8, 8月3日, August 3")]
    [(3, 8), (3, 8), (3, 8)]
    """
    return list(_named_dates(text, language))


# A question is asked for its periods, its days, and its forms in each language.
@lru_cache(maxsize=32)
def _named_dates(text: str, language: str | None) -> tuple[NamedDate, ...]:
    plain = even(text)
    day_first = None if language in UNKNOWN | MONTH_FIRST else True
    found: list[NamedDate] = []
    left = list(plain)
    for written in days_in(plain, day_first=day_first, first_year=_FIRST_YEAR):
        left[written.start : written.end] = " " * (written.end - written.start)
        if written.day:
            day = written.day
            found.append(NamedDate(day.year, day.month, day.day, written.start, written.end))
    for read in (_months, _days, _months_alone, _years):
        for each in read("".join(left), language):
            left[each.start : each.end] = " " * (each.end - each.start)
            if each.month is None or each.month <= 12:
                found.append(each)
    return tuple(found)


def without_dates(text: str, found: list[NamedDate]) -> str:
    """Return a text of the same length with spaces in place of dates."""
    left = list(text)
    for each in found:
        left[each.start : each.end] = " " * (each.end - each.start)
    return "".join(left)


def _days(text: str, language: str | None) -> Iterator[NamedDate]:
    for each in yearless_days(text, language):
        yield NamedDate(None, each.month, each.day, each.start, each.end, each.is_sure)


def _months(text: str, language: str | None) -> Iterator[NamedDate]:
    """Yield months with a year."""
    rest = text
    for form in _MONTH_FORMS:
        for match in form.finditer(rest):
            month, year = _month(match), _year(match)
            if month and year:
                yield NamedDate(year, month, None, *match.span())
        rest = form.sub(_blank, rest)


def _months_alone(text: str, language: str | None) -> Iterator[NamedDate]:
    """Yield months without a year."""
    rest = text
    for form in _MONTH_ALONE:
        for match in form.finditer(rest):
            if (month := _month(match)) and 1 <= month <= 12 and _is_said(rest, match):
                yield NamedDate(None, month, None, *match.span())
        rest = form.sub(_blank, rest)


def _month(match: re.Match[str]) -> int | None:
    try:
        month = month_of(match.groupdict())
    except ValueError:
        return None
    return month if month else None


def _is_said(text: str, match: re.Match[str]) -> bool:
    """Tell whether an English name alone is that of a month, and not a verb or a person's name."""
    name = match.groupdict().get("name")
    if name is None:
        return True
    if match[0] == text.strip():
        return True
    if name.lower() in VERBS:
        return name[0].isupper() and bool(
            _BEFORE_MONTH.search(text[max(0, match.start() - 8) : match.start()])
        )
    return name[0].isupper() and len(name) > 3


def _years(text: str, language: str | None) -> Iterator[NamedDate]:
    for match in _DECADE.finditer(text):
        if year := _decade(match):
            yield NamedDate(year, None, None, *match.span())
    rest = _DECADE.sub(_blank, text)
    for match in _YEAR_SAID.finditer(rest):
        said = int(match["plain"]) if match["plain"] else _year(match)
        if said and 1900 <= said <= 2099:
            yield NamedDate(said, None, None, *match.span())
    rest = _YEAR_SAID.sub(_blank, rest)
    for match in _YEAR_ALONE.finditer(rest):
        yield NamedDate(int(match["year"]), None, None, *match.span(), is_sure=False)


def _year(match: re.Match[str]) -> int | None:
    """Return the year of a match; None where its characters are no number, as 十十 are not."""
    try:
        year = year_of(match.groupdict())
    except ValueError:
        return None
    return year if _FIRST_YEAR <= year <= 2099 else None


def _decade(match: re.Match[str]) -> int | None:
    """Return the first year of a decade; None where the characters are no number."""
    try:
        century = number(match["century"]) if match["century"] else _LAST_CENTURY
    except ValueError:
        return None
    if not _CENTURIES[0] <= century <= _CENTURIES[1]:
        return None
    return (century - 1) * 100 + number(match["decade"])


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())

"""The grammar of dates: days in numbers, in Chinese, in Vietnamese and with names of months.

All that reads dates is built on it: the dates that pages show (:func:`dates_in`), those that
markup, feeds, mails and tables state and the date lines of scraped text
(:mod:`rag.text.dates.stated`), and those that questions and answers name
(:mod:`rag.text.dates.named`).

No missing part is filled in, and what is not understood is no date. Libraries that read dates of
any form (dateutil, dateparser) are not used, because they take what is missing from the present
day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rag.text.dates import clock, months, years
from rag.text.dates.months import month_number, vietnamese_month
from rag.text.dates.years import (
    BUDDHIST_AHEAD,
    HAN_NUMBER,
    HAN_YEAR,
    YEAR,
    YEAR_OF_DATE,
    number,
    year_of,
)

FIRST_YEAR = 1990
"""First year of dates on pages: there were no web pages before."""

# Fragments of regular expressions; letters match in both cases.
MONTH = r"(?P<month>\d{1,2})"
HAN_MONTH = rf"(?P<month>\d{{1,2}}|{HAN_NUMBER})"
YEAR_MONTH_ZH = rf"{HAN_YEAR}\s{{0,3}}[年년]\s{{0,3}}{HAN_MONTH}\s{{0,3}}[月월]"
VIETNAMESE_MONTH = rf"(?P<vi_month>\d{{1,2}}|{months.VIETNAMESE_NAME})"
MONTH_YEAR_VI = (
    rf"th[aá]ng\s{{1,3}}{VIETNAMESE_MONTH}(?:\s{{1,3}}n[aă]m\s{{1,3}}|\s?[,/-]\s?){YEAR}(?!\d)"
)
DAY = r"(?P<day>\d{1,2})"
ORDINAL = rf"{DAY}(?:st|nd|rd|th|er|[ºª°.])?"
DAY_ZH = rf"(?P<day>\d{{1,2}}(?!\d)|{HAN_NUMBER}(?=[日号號]))"
_SHORT_VI = rf"(?:th[aá]ng|thg|th)\.?\s{{0,3}}{VIETNAMESE_MONTH}"
_GAP = r"(?:\sde\s|\sdel\s|[\s./,-]{1,3}(?:of\s|de\s)?)"
"""What stands between a day, the name of its month and its year."""

_CLOCK = r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\s(?:[a-z]{1,5}|[+-]\d{4}))?)"

_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        # The character for "day" may be left out, unless a span of days or a count follows.
        rf"{YEAR_MONTH_ZH}\s{{0,3}}{DAY_ZH}"
        rf"(?:\s?[日号號일]|(?={clock.WEEKDAY}|{clock.HALF_OF_DAY})|(?!\s?[－–—~～至-]|[\u3400-\u9fff]))",
        rf"(?<![\d/.-]){YEAR_OF_DATE}\s?(?P<mark>[-/.])\s?{MONTH}\s?(?P=mark)\s?{DAY}(?!\d|[/-]\d)",
        rf"(?P<era>{years.HAN_ERA})\s?(?P<era_year>\d{{1,3}})\s?(?P<mark>[-/.])\s?{MONTH}\s?(?P=mark)"
        rf"\s?{DAY}(?!\d|[/-]\d)",
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<other>\d{{1,2}})"
        rf"\s?(?P=mark)\s?{YEAR_OF_DATE}(?!\d|[/-]\d)",
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<other>\d{{1,2}})\s?(?P=mark)\s?"
        rf"(?:(?:{years.BUDDHIST})\s?(?P<buddhist_year>2[456]\d\d)(?!\d)"
        rf"|(?P<year>2[456]\d\d)(?!\d)(?=\s?[(（]?(?P<is_buddhist>{years.BUDDHIST})))",
        rf"(?<!\d){DAY}[\s/-]{{1,3}}{_SHORT_VI}"
        rf"(?:\s{{1,3}}n[aă]m\s{{1,3}}|\s?[,./-]\s?(?:n[aă]m\s)?|\s{{1,3}}){YEAR_OF_DATE}(?!\d)",
        rf"\b{_SHORT_VI}\s{{1,3}}{DAY},\s{{0,3}}(?:n[aă]m\s)?{YEAR_OF_DATE}(?!\d)",
        rf"(?<!\d){DAY}\s?{months.THAI_NAME}\s?(?:ค\.?ศ\.?\s?{YEAR_OF_DATE}"
        rf"|(?:พ\.?\s?ศ\.?\s?)?(?P<buddhist_year>2[456]\d\d))(?!\d)",
        rf"(?<![\d.–-])(?<!\d,){ORDINAL}{_GAP}{months.NAME}(?:{_GAP}(?:{years.BUDDHIST})\s?"
        rf"(?P<buddhist_year>2[456]\d\d)|{_GAP}{YEAR_OF_DATE})(?!\d)",
        # RFC 850 and RFC 822 have two digits of the year.
        rf"(?<![\d.–-])(?<!\d,){DAY}-(?P<name>[a-z]{{3}})-(?P<short_year>\d\d)(?=\s\d{{1,2}}:\d\d)",
        rf"(?<![\d.–-])(?<!\d,){DAY}\s(?P<name>[a-z]{{3}})\s(?P<short_year>\d\d)(?=\s\d{{1,2}}:\d\d)",
        rf"(?<![\d.])\b{DAY}(?P<name>[a-z]{{3}}){YEAR_OF_DATE}\b",
        rf"\b{months.NAME}[\s./-]{{1,3}}{ORDINAL}(?:,\s{{0,3}}|[\s/-]{{1,3}}){YEAR_OF_DATE}(?!\d|:\d)",
        # As Unix and JavaScript write it: Wed Feb 18 10:00:00 +0700 2026.
        rf"\b{months.NAME}\s{{1,2}}{DAY}\s{_CLOCK}\s{YEAR_OF_DATE}(?!\d)",
        rf"(?<![\d/.-]){YEAR_OF_DATE}[\s,.-]{{1,3}}{months.NAME}\.?[\s-]{{1,3}}{DAY}(?!\d)",
    )
]
_LUNAR_BEFORE = re.compile(r"(?:[农農][历曆]|[阴陰][历曆]|[旧舊][历曆])\s?\Z")
_LUNAR_BEHIND = re.compile(r"[\s(（]{0,3}(?:âm lịch|al\b)", re.IGNORECASE)

_EVEN: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys((0x3000, 0xA0, 0x2007, 0x2009, 0x202F), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2212), "-"),
}
"""Full-width forms, spaces and hyphens; each is replaced by one character, so that offsets stay."""


@dataclass(frozen=True)
class WrittenDay:
    """Characters of a text that have the form of a day.

    Attributes:
        day: None where there is no such day, or its order of day and month is not known.
        start: offset of the first character.
        end: offset behind the last character.
        clock: the time of day that stands among them.
    """

    day: date | None
    start: int
    end: int
    clock: str = ""


@dataclass(frozen=True)
class StatedDate:
    """A date in a text.

    Attributes:
        iso: ISO 8601; with the time of day and the offset where the text states them.
        start: offset of the first character.
        end: offset behind the last character.
    """

    iso: str
    start: int
    end: int


def even(text: str) -> str:
    """Return a text of the same length in which full-width characters are plain ones.

    >>> even("２０２６／２／１８")
    '2026/2/18'
    """
    return text if text.isascii() else text.translate(_EVEN)


def days_in(text: str, *, day_first: bool | None, first_year: int = FIRST_YEAR) -> list[WrittenDay]:
    """Return where a text has the form of a day, with year, month and day; in no fixed order.

    Args:
        text: in any language.
        day_first: whether 3/8/2020 is in August; None where that is not known.
        first_year: days of earlier years, and of years after 2099, are not read.
    """
    text = even(text)
    found: list[WrittenDay] = []
    taken = bytearray(len(text))
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            read = match.groupdict()
            if any(taken[start:end]) or not _is_named(read) or is_lunar(text, start, end):
                continue
            day = _day(read, day_first, first_year)
            found.append(WrittenDay(day, start, end, read.get("clock") or ""))
            if day:
                taken[start:end] = b"\1" * (end - start)
    return found


def dates_in(
    text: str,
    *,
    day_first: bool | None = None,
    first_year: int = FIRST_YEAR,
    chinese: bool = False,
) -> list[StatedDate]:
    """Return the dates of a text that have year, month and day, in order.

    Args:
        text: in any language.
        day_first: whether 3/8/2020 is in August; None where that is not known: it is no date then.
        first_year: dates of earlier years are not read.
        chinese: whether the document is Chinese: CST is China's time then.

    >>> [stated.iso for stated in dates_in("20:36 | 25/11/2020 GMT+7; Nov. 25, 2020 8:36 PM EST")]
    ['2020-11-25T20:36:00+07:00', '2020-11-25T20:36:00-05:00']
    """
    plain = even(text)
    found = []
    for each in days_in(plain, day_first=day_first, first_year=first_year):
        if each.day:
            place = each.start, each.end
            at = clock.moment(plain, each.day, place, clock=each.clock, chinese=chinese)
            found.append(StatedDate(at.iso, at.start, at.end))
    return sorted(found, key=lambda stated: stated.start)


def is_lunar(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a day say that it is one of the lunar calendar."""
    before = _LUNAR_BEFORE.search(text[max(0, start - 3) : start])
    return bool(before or _LUNAR_BEHIND.match(text, end))


def _is_named(read: Mapping[str, str | None]) -> bool:
    """Tell whether a word where a month's name may stand is one."""
    return "name" not in read or month_number(read["name"] or "") is not None


def month_of(read: Mapping[str, str | None]) -> int | None:
    """Return the month that the groups of a match state; it may be no month, such as 13.

    Raises:
        ValueError: characters are no number.
    """
    if name := read.get("name"):
        return month_number(name)
    if name := read.get("vi_month"):
        return vietnamese_month(name)
    return number(read.get("month") or "0")


def ordered(one: int, other: int, day_first: bool | None) -> tuple[int, int] | None:
    """Return day and month of two numbers; None where either may be the day.

    Args:
        one: the first number.
        other: the second one.
        day_first: whether days stand first; None where that is not known.
    """
    if other > 12 or (day_first is False and one <= 12):
        return other, one
    if day_first is None and one <= 12 and one != other:
        return None
    return one, other


def _day(read: Mapping[str, str | None], day_first: bool | None, first_year: int) -> date | None:
    """Return the day that was read; None where there is no such day."""
    try:
        year = year_of(read) - (BUDDHIST_AHEAD if read.get("is_buddhist") else 0)
        if one := read.get("one"):
            # Numbers with points between them have the day first in all countries.
            order = True if read.get("mark") == "." else day_first
            pair = ordered(int(one), int(read["other"] or 0), order)
            if pair is None:
                return None
            day, month = pair
        else:
            day, month = number(read["day"] or "0"), month_of(read) or 0
        return date(year, month, day) if first_year <= year <= 2099 else None
    except ValueError:
        return None

"""Dates that stand by themselves: what a program states, and the date lines of scraped text."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from rag.text.dates import clock
from rag.text.dates.grammar import FIRST_YEAR, dates_in, even
from rag.text.dates.order import day_first_of

_MAX_LINE = 80
"""Characters of a line that is only a date; the longest form with all its parts has about 60."""

_MAX_VALUE = 100
"""Characters of a stated date that are looked at."""

_COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d):?(\d\d):?(\d\d)?(?:[.,]\d{1,9})?"
    r"\s?(Z|UTC|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:/Date\()?(\d{9,16})(?:\.\d{1,9})?(?:[+-]\d{4}\)/|\)/)?")
"""Seconds since 1970, as many programs count them, or thousandths or millionths of a second."""

_FIRST_SECOND, _LAST_SECOND = 631_152_000, 4_102_444_800
"""From 1990 to 2099: other numbers are no times."""

_WEEK = re.compile(r"\d{4}-?W\d\d-?\d")
_UNSET = "1970-01-01T00:00:00"
"""What programs state that have no date: the first second of their count."""

_LABEL = re.compile(
    r"(?:[发發][布佈表](?:日期|[时時][间間]|[于於])?|刊[登发發](?:日期|[时時][间間])|[时時][间間]|日期"
    r"|(?:ngày|giờ|thời gian) (?:đăng|xuất bản)|đăng (?:ngày|lúc)|ngày|published(?: on)?"
    r"|posted(?: on)?|publication date|date)\s?[:：]?\s?",
    re.IGNORECASE,
)
"""Words before the date of publication of a line. Our own list, chosen manually."""

_LINE_START = re.compile(clock.LINK, re.IGNORECASE)
_LINE_END = re.compile(rf"(?:{clock.ZONE})?{clock.LINK}", re.IGNORECASE)


def iso_date(
    value: str,
    *,
    day_first: bool | None = None,
    chinese: bool = False,
    first_year: int = FIRST_YEAR,
) -> str | None:
    """Return the date that markup or a program states, as ISO 8601; None if it is not understood.

    Nothing is filled in: a month is no date, and neither is a day without its year. Of two
    different days none is taken, and the first second of 1970 is no date either.

    Args:
        value: as it is stated.
        day_first: whether days stand before months in its document; None where that is not known.
            See :mod:`rag.text.dates.order`.
        chinese: whether its document is Chinese.
        first_year: dates of earlier years are not read.

    >>> iso_date("20201125"), iso_date("Wed, 11/25/2020 - 11:38"), iso_date("2020-11-25T20:36:18Z")
    ('2020-11-25', '2020-11-25T11:38:00', '2020-11-25T20:36:18+00:00')
    >>> iso_date("1606304178000"), iso_date("tháng 11/2020"), iso_date("3/8/2020")
    ('2020-11-25T11:36:18+00:00', None, None)
    """
    text = " ".join(unicodedata.normalize("NFKC", value[: 2 * _MAX_VALUE]).split())[:_MAX_VALUE]
    if counted := _COUNTED.fullmatch(text):
        found = _of_count(counted[1])
        if found or len(counted[1]) not in (12, 14):
            return found
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = compact.groups()
        time = ":".join(filter(None, (hour, minute, second)))
        text = f"{year}-{month}-{day}T{time}{zone or ''}" if time else f"{year}-{month}-{day}"
    elif _WEEK.fullmatch(text):
        return _of_week(text)
    order = day_first_of(text, day_first)
    found_dates = dates_in(text, day_first=order, first_year=first_year, chinese=chinese)
    if len({each.iso[:10] for each in found_dates}) != 1:
        return None
    iso = max((each.iso for each in found_dates), key=len)
    return None if _is_unset(iso) else iso


def line_date(line: str, *, day_first: bool | None = True) -> str | None:
    """Return the date of a line that states a date and nothing else, as ISO 8601.

    Lines may be older than web pages: 1900 is the first year. A word that says that this is the
    date of publication may stand before it.

    Args:
        line: of a text.
        day_first: whether days stand before months; None where that is not known.

    >>> line_date("Thứ Tư, ngày 25/11/2020 - 20:36 (GMT+7)"), line_date("Họp ngày 25/11/2020")
    ('2020-11-25T20:36:00+07:00', None)
    """
    if len(line) > _MAX_LINE:
        return None
    line = even(" ".join(line.split()))
    if label := _LABEL.match(line):
        line = line[label.end() :]
    found = dates_in(line, day_first=day_first_of(line, day_first), first_year=1900)
    if len(found) != 1:
        return None
    before, after = line[: found[0].start], line[found[0].end :]
    alone = _LINE_START.fullmatch(before) and _LINE_END.fullmatch(after)
    return found[0].iso if alone else None


def _of_count(digits: str) -> str | None:
    """Return the time of a count since 1970; None if it lies outside of all times of pages."""
    for length, unit in ((10, 1), (13, 1_000), (16, 1_000_000)):
        if len(digits) in (length, length - 1):
            seconds = int(digits) // unit
            if _FIRST_SECOND <= seconds < _LAST_SECOND:
                return datetime.fromtimestamp(seconds, UTC).isoformat()
    return None


def _of_week(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return None


def _is_unset(iso: str) -> bool:
    if not iso.startswith(("1969-12-31T", "1970-01-01T")):
        return False
    moment = datetime.fromisoformat(iso)
    return iso.startswith(_UNSET) or (moment.tzinfo is not None and moment.timestamp() == 0)

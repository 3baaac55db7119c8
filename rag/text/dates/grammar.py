"""The grammar of dates: days, months, years and times of day in Vietnamese, Chinese and English.

All that reads dates is built on it: the dates that pages show and state in their markup
(:func:`dates_in`, :func:`iso_date`), the date lines of scraped text (:func:`line_date`), and the
periods that questions name (:mod:`rag.text.periods`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Fragments of regular expressions; letters match in both cases.
YEAR = r"(?P<year>(?:19|20)\d\d)"
MONTH = r"(?P<month>\d{1,2})"
MONTH_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
YEAR_MONTH_ZH = rf"(?<!\d){YEAR}\s{{0,3}}年\s{{0,3}}{MONTH}\s{{0,3}}月"
MONTH_YEAR_VI = rf"th[aá]ng\s{{1,3}}{MONTH}(?:\s{{1,3}}n[aă]m\s{{1,3}}|\s?[,/-]\s?){YEAR}(?!\d)"
_DAY = r"(?P<day>\d{1,2})"
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th)?"
_WEEKDAY = (
    r"星期.|[周週][一二三四五六日天]|thứ\s(?:[2-7]\b|\w{2,4})|chủ\snhật"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
)
_HALF_OF_DAY = r"上午|下午|晚上|凌晨|早上|中午|[ap]\.?m\b\.?|sa\b|ch\b"

_FIRST_YEAR = 1990
"""First year of dates on pages: there were no web pages before."""

_DAY_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        # The character for "day" may be left out, unless a span of days or a count follows.
        rf"{YEAR_MONTH_ZH}\s{{0,3}}{_DAY}(?!\d)"
        rf"(?:\s?[日号號]|(?={_WEEKDAY}|{_HALF_OF_DAY})|(?!\s?[－–—~～至-]|[\u3400-\u9fff]))",
        rf"(?<![\d/.-]){YEAR}\s?(?P<mark>[-/.])\s?{MONTH}\s?(?P=mark)\s?{_DAY}(?!\d|[/-]\d)",
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<other>\d{{1,2}})"
        rf"\s?(?P=mark)\s?{YEAR}(?!\d|[/-]\d)",
        rf"(?<!\d){_DAY}\s{{1,3}}{MONTH_YEAR_VI}",
        rf"(?<![\d.,–-]){_ORDINAL}[\s-]{{1,3}}(?:of\s)?{MONTH_NAME},?[\s-]{{1,3}}{YEAR}(?!\d)",
        rf"\b{MONTH_NAME}\s{{1,3}}{_ORDINAL},?\s{{1,3}}{YEAR}(?!\d)",
    )
]

_ZONE_HOURS = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "北京时间": 8,
    "北京時間": 8,
    "ict": 7,
    "hkt": 8,
    "sgt": 8,
    "jst": 9,
    "cet": 1,
    "cest": 2,
    "est": -5,
    "edt": -4,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
"""Hours ahead of UTC. Names that two zones share, such as CST and IST, and ET are left out."""

_ZONE = (
    r"\s?[(（]?(?:(?:GMT|UTC)\s?(?P<hours>[+-]\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)"
    rf"|(?P<zone>{'|'.join(_ZONE_HOURS)})(?!\w|\s?[+-]\d))[)）]?"
)
_TIME = (
    rf"(?P<before>{_HALF_OF_DAY})?\s?(?<!\d)(?P<hour>\d{{1,2}})\s?(?:[:：h]|[时時點点]\s?)"
    r"\s?(?P<minute>\d\d)(?!\d)分?(?:[:：](?P<second>\d\d)(?!\d)(?:[.,]\d{1,9})?)?"
    rf"(?:\s?(?P<after>{_HALF_OF_DAY}))?"
    rf"(?:{_ZONE}|\s?(?P<offset>[+-]\d\d:?\d\d)(?![\d/]))?"
)
_LINK = rf"(?:[\s,，|·•()（）/–—-]|\bat\b|lúc|ngày|@|{_WEEKDAY}){{0,8}}"
"""What stands between a day and its time, or around both."""

_TIME_AFTER = re.compile(rf"(?:T|{_LINK}){_TIME}", re.IGNORECASE)
_TIME_BEFORE = re.compile(rf"{_TIME}{_LINK}\Z", re.IGNORECASE)
_ZONE_AFTER = re.compile(_ZONE, re.IGNORECASE)
_LINE_START = re.compile(_LINK, re.IGNORECASE)
_LINE_END = re.compile(rf"(?:{_ZONE})?{_LINK}", re.IGNORECASE)
_TIME_REACH = 48
"""Characters before a day in which its time is looked for: a time, a zone, a weekday."""

_MAX_LINE = 80
"""Characters of a line that is only a date; the longest form with all its parts has about 60."""

_COMPACT = re.compile(r"\s{0,9}(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?\s{0,9}")


@dataclass(frozen=True)
class WrittenDay:
    """Characters of a text that have the form of a day.

    Attributes:
        day: None where there is no such day, or its order of day and month is not known.
        start: offset of the first character.
        end: offset behind the last character.
    """

    day: date | None
    start: int
    end: int


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


def days_in(
    text: str, *, day_first: bool | None, first_year: int = _FIRST_YEAR
) -> list[WrittenDay]:
    """Return where a text has the form of a day, with year, month and day; in no fixed order.

    Args:
        text: in any language.
        day_first: whether 3/8/2020 is in August; None where that is not known.
        first_year: days of earlier years, and of years after 2099, are not read.
    """
    found: list[WrittenDay] = []
    taken = bytearray(len(text))
    for form in _DAY_FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            day = _day(match.groupdict(), day_first, first_year)
            found.append(WrittenDay(day, start, end))
            if day:
                taken[start:end] = b"\1" * (end - start)
    return found


def dates_in(
    text: str, *, day_first: bool | None = None, first_year: int = _FIRST_YEAR
) -> list[StatedDate]:
    """Return the dates of a text that have year, month and day, in order.

    Args:
        text: in any language.
        day_first: whether 3/8/2020 is in August; None where that is not known: it is no date then.
        first_year: dates of earlier years are not read.

    >>> [stated.iso for stated in dates_in("20:36 | 25/11/2020 GMT+7; Nov. 25, 2020 8:36 PM EST")]
    ['2020-11-25T20:36:00+07:00', '2020-11-25T20:36:00-05:00']
    """
    days = days_in(text, day_first=day_first, first_year=first_year)
    found = [_with_time(text, written.day, written) for written in days if written.day]
    return sorted(found, key=lambda stated: stated.start)


def iso_date(value: str, *, day_first: bool | None = None) -> str | None:
    """Return the date that markup or a program states, as ISO 8601.

    >>> iso_date("20201125"), iso_date("Wed, 11/25/2020 - 11:38"), iso_date("2020-11-25T20:36:18Z")
    ('2020-11-25', '2020-11-25T11:38:00', '2020-11-25T20:36:18+00:00')
    """
    if compact := _COMPACT.fullmatch(value):
        year, month, day, *time = compact.groups()
        value = f"{year}-{month}-{day} {':'.join(filter(None, time))}"
    found = dates_in(value[:64], day_first=day_first)
    return found[0].iso if found else None


def line_date(line: str) -> str | None:
    """Return the date of a line that states a date and nothing else, as ISO 8601.

    Days stand before months. Lines may be older than web pages: 1900 is the first year.

    >>> line_date("Thứ Tư, ngày 25/11/2020 - 20:36 (GMT+7)"), line_date("Họp ngày 25/11/2020")
    ('2020-11-25T20:36:00+07:00', None)
    """
    if len(line) > _MAX_LINE:
        return None
    line = " ".join(line.split())
    found = dates_in(line, day_first=True, first_year=1900)
    if len(found) != 1:
        return None
    before, after = line[: found[0].start], line[found[0].end :]
    alone = _LINE_START.fullmatch(before) and _LINE_END.fullmatch(after)
    return found[0].iso if alone else None


def month_number(name: str) -> int:
    """Return the number of a month by its English name, which may be shortened.

    >>> month_number("Sept"), month_number("december")
    (9, 12)
    """
    return MONTHS.index(name[:3].lower()) + 1


def _day(read: dict[str, str | None], day_first: bool | None, first_year: int) -> date | None:
    """Return the day that was read; None where there is no such day."""
    day, month, name = read.get("day"), read.get("month"), read.get("name")
    if one := read.get("one"):
        day, month = one, read["other"]
        if int(month or 0) > 12 or (day_first is False and int(day) <= 12):
            day, month = month, day
        elif day_first is None and int(day) <= 12 and read.get("mark") != "." and day != month:
            return None
    year = int(read["year"] or 0)
    if year < first_year:
        return None
    try:
        return date(year, month_number(name) if name else int(month or 0), int(day or 0))
    except ValueError:
        return None


def _with_time(text: str, day: date, written: WrittenDay) -> StatedDate:
    """Return a day with the time that stands behind or before it."""
    behind = _TIME_AFTER.match(text, written.end)
    if behind and (iso := _at(day, behind.groupdict())):
        return StatedDate(iso, written.start, behind.end())
    reach = max(0, written.start - _TIME_REACH)
    if before := _TIME_BEFORE.search(text[reach : written.start]):
        read, end = before.groupdict(), written.end
        if not any(read[part] for part in ("hours", "zone", "offset")):
            zone = _ZONE_AFTER.match(text, end)
            read |= zone.groupdict() if zone else {}
            end = zone.end() if zone else end
        if iso := _at(day, read):
            return StatedDate(iso, reach + before.start(), end)
    return StatedDate(day.isoformat(), written.start, written.end)


def _at(day: date, read: dict[str, str | None]) -> str | None:
    """Return a day at the time that was read; None where there is no such time."""
    half = (read["before"] or read["after"] or "").lower()
    hour = int(read["hour"] or 0)
    if half.startswith(("p", "ch", "下", "晚")) and hour < 12:
        hour += 12
    elif half.startswith(("a", "sa", "凌", "上")) and hour == 12:
        hour = 0
    minute, second = int(read["minute"] or 0), int(read["second"] or 0)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_offset(read))
    except ValueError:
        return None
    return moment.isoformat()


def _offset(read: dict[str, str | None]) -> timezone | None:
    """Return the offset that was read.

    Raises:
        ValueError: no zone is so far from UTC.
    """
    if zone := read["zone"]:
        return timezone(timedelta(hours=_ZONE_HOURS[zone.lower()]))
    if read["hours"]:
        sign, hours, minutes = read["hours"][0], read["hours"][1:], read["minutes"] or "0"
    elif offset := read.get("offset"):
        sign, hours, minutes = offset[0], offset[1:3], offset[-2:]
    else:
        return None
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if sign == "-" else ahead)

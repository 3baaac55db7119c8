"""Dates as pages write them, in Vietnamese, Chinese and English or for programs, as ISO 8601."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>199\d|20\d\d)"
"""There were no web pages before."""

_DAY = r"(?P<day>\d{1,2})"
_NUMBER = r"(?P<month>\d{1,2})"

_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}\s{{0,3}}年\s{{0,3}}{_NUMBER}\s{{0,3}}月\s{{0,3}}{_DAY}(?!\d)"
        r"(?:\s?[日号號]|(?!\s?[－–—~～至-]))",
        rf"(?<![\d/.-]){_YEAR}\s?(?P<mark>[-/.])\s?{_NUMBER}\s?(?P=mark)\s?{_DAY}(?!\d|[/-]\d)",
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<other>\d{{1,2}})"
        rf"\s?(?P=mark)\s?{_YEAR}(?!\d|[/-]\d)",
        rf"(?<!\d){_DAY}\s{{1,3}}tháng\s{{1,3}}{_NUMBER}(?:\s{{1,3}}năm\s{{1,3}}|\s?[,/-]\s?)"
        rf"{_YEAR}(?!\d)",
        rf"(?<![\d.,–-]){_DAY}(?:st|nd|rd|th)?[\s-]{{1,3}}(?:of\s)?{_MONTH},?[\s-]{{1,3}}{_YEAR}(?!\d)",
        rf"\b{_MONTH}\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}(?!\d)",
    )
]

_ZONES = {
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
"""Hours ahead of UTC. Names that two zones share, such as CST and IST, say nothing; nor does ET."""

_HALF = r"上午|下午|晚上|凌晨|早上|中午|[ap]\.?m\b\.?|sa\b|ch\b"
_ZONE = (
    r"\s?[(（]?(?:(?:GMT|UTC)\s?(?P<hours>[+-]\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)"
    rf"|(?P<zone>{'|'.join(_ZONES)})(?!\w|\s?[+-]\d))[)）]?"
)
_TIME = (
    rf"(?P<before>{_HALF})?\s?(?<!\d)(?P<hour>\d{{1,2}})\s?(?:[:：h]|[时時點点]\s?)\s?(?P<minute>\d\d)"
    rf"(?!\d)分?(?:[:：](?P<second>\d\d)(?!\d)(?:[.,]\d{{1,9}})?)?(?:\s?(?P<after>{_HALF}))?"
    rf"(?:{_ZONE}|\s?(?P<offset>[+-]\d\d:?\d\d)(?![\d/]))?"
)
_WEEKDAY = (
    r"星期.|[周週][一二三四五六日天]|thứ\s\w{2,4}|chủ\snhật"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
)
_BETWEEN = rf"(?:[\s,，|·•()（）/–—-]|\bat\b|lúc|ngày|@|{_WEEKDAY}){{0,8}}"
_TIME_AFTER = re.compile(rf"(?:T|{_BETWEEN}){_TIME}", re.IGNORECASE)
_TIME_BEFORE = re.compile(rf"{_TIME}{_BETWEEN}\Z", re.IGNORECASE)
_ZONE_AFTER = re.compile(_ZONE, re.IGNORECASE)
_REACH = 48
"""Characters before a date in which its time of day is looked for: a time, a zone, a weekday."""

_COMPACT = re.compile(r"\s{0,9}(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?\s{0,9}")


@dataclass(frozen=True)
class Stated:
    """A date in a text.

    Attributes:
        iso: the date, with the time of day and the offset where they are stated.
        start: of the first of its characters.
        end: behind the last.
    """

    iso: str
    start: int
    end: int


def dates_in(text: str, *, day_first: bool | None = None) -> list[Stated]:
    """Return the dates of a text in order, those of which year, month and day are stated.

    Args:
        text: of any language.
        day_first: whether 3/8/2020 is of August; None where one cannot know: then it is no date.

    >>> [stated.iso for stated in dates_in("20:36 | 25/11/2020 GMT+7; Nov. 25, 2020 8:36 PM EST")]
    ['2020-11-25T20:36:00+07:00', '2020-11-25T20:36:00-05:00']
    """
    found: list[Stated] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            day = _day(match.groupdict(), day_first)
            if day is not None:
                found.append(_with_time(text, match, day))
    return sorted(found, key=lambda stated: stated.start)


def iso_date(value: str, *, day_first: bool | None = None) -> str | None:
    """Return what markup or a program states as a date.

    >>> iso_date("20201125"), iso_date("Wed, 11/25/2020 - 11:38"), iso_date("2020-11-25T20:36:18Z")
    ('2020-11-25', '2020-11-25T11:38:00', '2020-11-25T20:36:18+00:00')
    """
    if compact := _COMPACT.fullmatch(value):
        year, month, day, *time = compact.groups()
        value = f"{year}-{month}-{day} {':'.join(filter(None, time))}"
    found = dates_in(value[:64], day_first=day_first)
    return found[0].iso if found else None


def _day(read: dict[str, str | None], day_first: bool | None) -> datetime | None:
    """Return the day that was read; None where there is no such day."""
    day, month, name = read.get("day"), read.get("month"), read.get("name")
    if one := read.get("one"):
        day, month = one, read["other"]
        if int(month or 0) > 12 or (day_first is False and int(day) <= 12):
            day, month = month, day
        elif day_first is None and int(day) <= 12 and read.get("mark") != "." and day != month:
            return None
    number = _MONTHS.index(name[:3].lower()) + 1 if name else int(month or 0)
    try:
        return datetime(int(read["year"] or 0), number, int(day or 0))
    except ValueError:
        return None


def _with_time(text: str, match: re.Match[str], day: datetime) -> Stated:
    """Return a day with the time that stands behind or before it."""
    behind = _TIME_AFTER.match(text, match.end())
    if behind and (iso := _at(day, behind.groupdict())):
        return Stated(iso, match.start(), behind.end())
    reach = max(0, match.start() - _REACH)
    if ahead := _TIME_BEFORE.search(text[reach : match.start()]):
        read, end = ahead.groupdict(), match.end()
        if not any(read[part] for part in ("hours", "zone", "offset")):
            zone = _ZONE_AFTER.match(text, end)
            read |= zone.groupdict() if zone else {}
            end = zone.end() if zone else end
        if iso := _at(day, read):
            return Stated(iso, reach + ahead.start(), end)
    return Stated(day.date().isoformat(), match.start(), match.end())


def _at(day: datetime, read: dict[str, str | None]) -> str | None:
    """Return a day at the time that was read; None where there is no such time."""
    half = (read["before"] or read["after"] or "").lower()
    hour = int(read["hour"] or 0)
    if half.startswith(("p", "ch", "下", "晚")) and hour < 12:
        hour += 12
    elif half.startswith(("a", "sa", "凌", "上")) and hour == 12:
        hour = 0
    try:
        moment = day.replace(hour=hour, minute=int(read["minute"] or 0))
        moment = moment.replace(second=int(read["second"] or 0), tzinfo=_offset(read))
    except ValueError:
        return None
    return moment.isoformat()


def _offset(read: dict[str, str | None]) -> timezone | None:
    """Return the offset that was read.

    Raises:
        ValueError: there is none so far from UTC.
    """
    if zone := read["zone"]:
        return timezone(timedelta(hours=_ZONES[zone.lower()]))
    if read["hours"]:
        sign, hours, minutes = read["hours"][0], read["hours"][1:], read["minutes"] or "0"
    elif offset := read.get("offset"):
        sign, hours, minutes = offset[0], offset[1:3], offset[-2:]
    else:
        return None
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if sign == "-" else ahead)

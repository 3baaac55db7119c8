"""Times of day and zones, as they stand beside a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

# Fragments of regular expressions; letters match in both cases.
WEEKDAY = (
    r"(?:星期|禮拜|礼拜)[一二三四五六日天]|[周週][一二三四五六日天]|[월화수목금토일]요일"
    r"|thứ\s(?:[2-7]\b|\w{2,4})|chủ\snhật|\bt[2-7]\b|\bcn\b"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
)
HALF_OF_DAY = (
    r"上午|下午|晚上|晚[间間]|夜[间間晚]|凌晨|清晨|早[上晨]|中午|傍晚|半夜|오전|오후"
    r"|[ap]\.?m\b\.?|sa\b|ch\b|sáng\b|trưa\b|chiều\b|tối\b|đêm\b|khuya\b"
)

_ZONE_HOURS = {
    **dict.fromkeys(("z", "utc", "gmt", "ut"), 0),
    **dict.fromkeys(("北京时间", "北京時間", "台北時間", "台灣時間", "香港時間", "香港时间"), 8),
    **dict.fromkeys(("giờ việt nam", "giờ vn", "giờ hà nội", "越南时间", "越南時間"), 7),
    **dict.fromkeys(("ict", "wib"), 7),
    **dict.fromkeys(("hkt", "sgt", "myt"), 8),
    **dict.fromkeys(("jst", "kst"), 9),
    **dict.fromkeys(("cest", "eet"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("mst", "pdt"), -7),
    "cet": 1,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
    "edt": -4,
    "mdt": -6,
    "pst": -8,
}
"""Hours ahead of UTC. Names that two zones share, such as IST and BST, and ET are left out."""

_CHINA = "cst"
"""China's name for its time, and America's for another: it counts in Chinese documents."""

_CHINA_HOURS = 8
_MOST_AHEAD = timedelta(hours=14)
"""No zone is farther from UTC."""

ZONE = (
    r"\s?[(（\[]?(?:(?:GMT|UTC)\s?(?P<hours>[+-]\s?\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)"
    rf"|(?P<zone>{'|'.join([*_ZONE_HOURS, _CHINA])})(?!\w|\s?[+-]\d))[)）\]]?"
)
_TIME = (
    rf"(?:(?P<before>{HALF_OF_DAY})\s?)?(?<!\d)(?P<hour>\d{{1,2}})"
    r"(?:\s?:\s?(?P<minute>\d\d)(?!\d)(?::(?P<second>\d\d)(?!\d)(?:[.,:]\d{1,9})?)?"
    r"|\s?(?:h|giờ|g(?=\d\d)|[时時點点시])(?:\s?(?P<minute_word>\d\d?)(?!\d|\s?[:/.-]\d)"
    r"(?:\s?(?:phút\b|ph?\b|분|分[钟鐘]?))?(?:\s?(?P<second_word>\d\d?)\s?(?:giây\b|秒))?"
    r"|[整正])?(?![^\W\d_]*[a-z])"
    r"|\.(?P<minute_point>\d\d)(?=\s?[ap]\.?m\b)|(?=\s?[ap]\.?m\b))"
    rf"(?:\s?(?P<after>{HALF_OF_DAY}))?"
    rf"(?:{ZONE}|(?P<gap>\s?)(?P<offset>[+-]\d\d(?::?\d\d)?)(?![\d/:-]))?"
)
LINK = (
    r"(?:[\s,，、|·•()（）/–—-]|\bat\b|\bvào\b|lúc\b|ngày\b|@|\bum\b|\bà\b|\balle\b|\bkl\.|เวลา|"
    rf"{WEEKDAY}){{0,8}}"
)
"""What stands between a day and its time, or around both."""

_AFTER = re.compile(rf"(?:(?P<iso>T|:(?=\d\d:\d\d:\d\d))|{LINK}){_TIME}", re.IGNORECASE)
_BEFORE = re.compile(rf"{_TIME}{LINK}\Z", re.IGNORECASE)
_ZONE_AFTER = re.compile(ZONE, re.IGNORECASE)
_REACH = 48
"""Characters before a day in which its time is looked for: a time, a zone, a weekday."""

_MORNING = ("a", "sa", "sá", "凌", "清", "早", "上", "오전")
_AFTERNOON = ("p", "ch", "下", "傍", "오후")
_NOON = ("中", "tr")
_NIGHT = ("晚", "夜", "半", "tố", "đê", "kh")
_EVENING = 5
"""Hours from which on a time "at night" is in the evening, and not after midnight."""


@dataclass(frozen=True)
class Moment:
    """A day with its time, and the place of both in a text.

    Attributes:
        iso: ISO 8601, with the offset where the text states it.
        start: offset of the first character.
        end: offset behind the last character.
    """

    iso: str
    start: int
    end: int


def moment(
    text: str, day: date, place: tuple[int, int], *, clock: str = "", chinese: bool = False
) -> Moment:
    """Return a day with the time that stands in it, behind it or before it.

    Args:
        text: in which the day stands.
        day: the day.
        place: offsets of the day.
        clock: a time that stands within the day, as in ``Feb 18 10:00:00 2026``.
        chinese: whether the document is Chinese.
    """
    start, end = place
    if clock:
        within = _BEFORE.match(clock)
        iso = _at(day, within.groupdict(), chinese=chinese) if within else None
        return Moment(iso or day.isoformat(), start, end)
    behind = _AFTER.match(text, end)
    if behind and (iso := _at(day, behind.groupdict(), chinese=chinese)):
        return Moment(iso, start, behind.end())
    reach = max(0, start - _REACH)
    if before := _BEFORE.search(text[reach:start]):
        read = before.groupdict()
        if not any(read[part] for part in ("hours", "zone", "offset")):
            zone = _ZONE_AFTER.match(text, end)
            read |= zone.groupdict() if zone else {}
            end = zone.end() if zone else end
        if iso := _at(day, read, chinese=chinese):
            return Moment(iso, reach + before.start(), end)
    return Moment(day.isoformat(), start, place[1])


def _at(day: date, read: Mapping[str, str | None], *, chinese: bool) -> str | None:
    """Return a day at the time that was read; None where there is no such time."""
    hour = _hour(int(read["hour"] or 0), (read["before"] or read["after"] or "").lower())
    if hour is None:
        return None
    minute = int(read["minute"] or read["minute_word"] or read["minute_point"] or 0)
    second = int(read["second"] or read["second_word"] or 0)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second)
    except ValueError:
        return None
    return moment.replace(tzinfo=_offset(read, chinese=chinese)).isoformat()


def _hour(hour: int, half: str) -> int | None:
    """Return the hour of 24; None for twelve at night, which may begin the day or end it."""
    if half.startswith(_MORNING):
        return 0 if hour == 12 else hour
    if half.startswith(_AFTERNOON):
        return hour + 12 if hour < 12 else hour
    if half.startswith(_NOON):
        return hour + 12 if hour < 4 else hour
    if half.startswith(_NIGHT):
        if hour == 12:
            return None
        return hour + 12 if _EVENING <= hour < 12 else hour
    return hour


def _offset(read: Mapping[str, str | None], *, chinese: bool) -> timezone | None:
    """Return the offset that was read; None where none is stated, or no zone has it."""
    if zone := (read["zone"] or "").lower():
        hours = (_CHINA_HOURS if chinese else None) if zone == _CHINA else _ZONE_HOURS[zone]
        return None if hours is None else timezone(timedelta(hours=hours))
    if read["hours"]:
        sign, hour, minute = read["hours"][0], read["hours"][1:], read["minutes"] or "0"
    elif offset := read.get("offset"):
        # RFC 5322: -0000 states no zone. 10:00-11:30 is from one time to another.
        is_span = offset[0] == "-" and not read.get("iso") and not read["second"]
        if offset == "-0000" or (is_span and not read["gap"]):
            return None
        sign, hour, minute = offset[0], offset[1:3], offset[3:].lstrip(":") or "0"
    else:
        return None
    ahead = timedelta(hours=int(hour), minutes=int(minute))
    if ahead > _MOST_AHEAD:
        return None
    return timezone(-ahead if sign == "-" else ahead)

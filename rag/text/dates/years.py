"""Years: of the common era, in digits and in Han characters, and of the eras of East Asia.

An era is read only where it is stated: 民國115年 and พ.ศ. 2569 are 2026, and 115年 is no year.
"""

from __future__ import annotations

from collections.abc import Mapping

# Fragments of regular expressions; letters match in both cases.
YEAR = r"(?P<year>(?:19|20)\d\d)"
"""A year in a text. Years before 1900 are read only in whole dates."""

YEAR_OF_DATE = r"(?P<year>(?:1\d|20)\d\d)"
HAN_DIGITS = "〇零○一二三四五六七八九"
HAN_NUMBER = f"[{HAN_DIGITS}十廿卅]{{1,3}}"
HAN_ERA = "中?[华華]?民[国國]|令和|平成|昭和|大正|明治"
HAN_YEAR = (
    rf"(?:(?<!\d)(?P<year>(?:1\d|20)\d\d)|(?<![{HAN_DIGITS}])(?P<han_year>[{HAN_DIGITS}]{{4}})"
    rf"|(?P<era>{HAN_ERA})\s?(?P<era_year>元|\d{{1,3}}|{HAN_NUMBER})(?!\d))"
)
BUDDHIST = r"พ\.?\s?ศ\.?|b\.\s?e\.|be\b|phật lịch|佛[历曆紀纪]元?"

_BEFORE = {
    "民": 1911,
    "令": 2018,
    "平": 1988,
    "昭": 1925,
    "大": 1911,
    "明": 1867,
}
"""The year before the first year of an era, by the era's first character; the Republic's by 民."""

BUDDHIST_AHEAD = 543
"""Years by which the Buddhist era is ahead of the common one."""

_HAN_VALUES = {digit: value - 2 for value, digit in enumerate(HAN_DIGITS)} | dict.fromkeys(
    "〇零○", 0
)


def number(text: str) -> int:
    """Return a number below a hundred, or a year, in digits or in Han characters.

    Raises:
        ValueError: the characters are no number.

    >>> number("08"), number("廿八"), number("三十"), number("二〇二六")
    (8, 28, 30, 2026)
    """
    if text.isdecimal():
        return int(text)
    plain = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in plain:
        return int("".join(str(_HAN_VALUES[each]) for each in plain))
    tens, _, ones = plain.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise ValueError(f"{text} is no number")
    return 10 * (_HAN_VALUES[tens] if tens else 1) + (_HAN_VALUES[ones] if ones else 0)


def year_of(read: Mapping[str, str | None]) -> int:
    """Return the year of the common era that the groups of a match state.

    Raises:
        ValueError: they state no year.
    """
    if year := read.get("year"):
        return int(year)
    if year := read.get("han_year"):
        return number(year)
    if year := read.get("buddhist_year"):
        return int(year) - BUDDHIST_AHEAD
    if year := read.get("short_year"):
        # As RFC 6265 reads the years of RFC 850.
        return int(year) + (2000 if int(year) < 70 else 1900)
    era, year = read.get("era"), read.get("era_year")
    if not era or not year:
        raise ValueError("no year is stated")
    first = era.lstrip("中华華")[0]
    return _BEFORE[first] + (1 if year == "元" else number(year))

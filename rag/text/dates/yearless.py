"""Days without their year: 3/8, ngày 3 tháng 8, 8月3日, August 3; and what only looks like them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rag.text.dates import clock, months
from rag.text.dates.grammar import (
    DAY_ZH,
    HAN_MONTH,
    ORDINAL,
    VIETNAMESE_MONTH,
    is_lunar,
    month_of,
    ordered,
)
from rag.text.dates.years import number

MONTH_FIRST = frozenset({"zh", "ja", "ko"})
"""Languages in which 8/3 without a year is the third of August."""

UNKNOWN = frozenset({"en"})
"""Languages in which 3/8 has two meanings."""

_TO = r"\s?(?:[-–—~、]|至|到|和|đến(?:\sngày)?|tới|và|and|to)\s?"
_DATE_WORD = re.compile(
    rf"(?:\b(?:ngày|mùng|mồng|hôm|sáng|trưa|chiều|tối|đêm|on|since|until|by|lễ)|{clock.WEEKDAY}"
    r"|[在于於自从從])[\s,(（]{0,3}\Z",
    re.IGNORECASE,
)
_NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:tỷ số|tỉ số|score[ds]?|thắng|thua|hòa|hoà|hơn|gần|khoảng|chiếm|tới|quá|được|ít nhất"
    r"|over|about|nearly|almost|only|than|least|around|roughly|some|trận|tỷ lệ|tỉ lệ"
    r"|ratio|won|lost|beat|page|trang|phòng|số|quốc lộ|size)|比分|[约約近占佔超过過比]|大胜|战胜)"
    r"\s?(?:là\s|of\s)?\Z",
    re.IGNORECASE,
)
"""Words before scores, fractions and numbers of other things. Our own list, chosen manually."""

_NO_DATE_BEHIND = re.compile(
    r"\s?(?:of\b|số\b|phần\b|dân\b|diện tích|tổng|cử tri|phiếu|đại biểu|thành viên|nước\b|người\b"
    r"|chặng|quãng|thời gian|cup|inch|mile|majority|vote|kg\b|km\b|ha\b|lít|ly\b|的"
    r"|多数|多數|以上|强)",
    re.IGNORECASE,
)
VERBS = frozenset({"may", "march", "mar", "dec", "sep", "jun"})
"""English names that are written like other words: they have a capital where they stand."""

_THREE = frozenset({"vi", "zh", "en"})
"""Languages in which only English names are read without a year: "Mars 3" is none."""

_SHORT = 4
"""Letters from which on the other names are read without a year."""

_ENGLISH = re.compile(months.ENGLISH_NAME, re.IGNORECASE)

_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){HAN_MONTH}\s{{0,3}}[月월]\s{{0,3}}(?P<first>\d{{1,2}})\s?[日号號]?{_TO}{DAY_ZH}\s?[日号號]",
        rf"(?<!\d){HAN_MONTH}\s{{0,3}}[月월]\s{{0,3}}{DAY_ZH}\s?[日号號일]",
        rf"(?<![\d./-])(?:(?P<first>\d{{1,2}}){_TO})?(?P<day>\d{{1,2}})\s{{1,3}}th[aá]ng\s{{1,3}}"
        r"(?P<vi_month>\d{1,2})(?!\d|[./-]\d|\s{1,3}(?:ngày|tuần|năm)\b)",
        rf"\b(?:ngày|mùng|mồng|hôm)\s{{1,3}}(?:(?P<first>\d{{1,2}}){_TO})?(?P<day>\d{{1,2}})"
        rf"\s{{1,3}}(?:th[aá]ng|thg|th)\.?\s{{0,3}}{VIETNAMESE_MONTH}(?![^\W_])",
        r"(?<![\d./-])(?P<day>\d{1,2})\s(?:thg|th)\.?\s?(?P<vi_month>\d{1,2})(?![\d./-])",
        r"\b(?:ngày|mùng|mồng|hôm)\s{1,3}(?P<one>\d{1,2})\s?[-.]\s?(?P<other>\d{1,2})"
        r"(?!\d|\s?[-./]\s?\d|\s{1,3}th[aá]ng)",
        rf"\bngày\s{{1,3}}(?P<first>\d{{1,2}}){_TO}(?P<one>\d{{1,2}})/(?P<other>\d{{1,2}})"
        r"(?![\d/%]|[.,]\d)",
        r"(?<![\d./,$-])(?P<first>\d{1,2})\s?[-–—]\s?(?P<one>\d{1,2})/(?P<other>\d{1,2})(?![\d/%]|[.,]\d)",
        r"(?<![\d./,$–—-])(?P<one>\d{1,2})/(?P<other>\d{1,2})(?![\d/%]|[.,]\d)",
        rf"(?<![\d.,/-])(?:(?P<first>\d{{1,2}}){_TO})?{ORDINAL}(?:\s{{1,3}}|-)(?:of\s|de\s)?"
        rf"{months.NAME}(?![^\W\d_])",
        rf"\b{months.NAME}\.?\s{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
        r"(?:\s?[-–—]\s?(?P<last>\d{1,2}))?(?!\w|[:.,/-]\d|\s?%)",
    )
]


@dataclass(frozen=True)
class YearlessDay:
    """A day that a text names without its year.

    Attributes:
        month: from 1.
        day: of the month.
        start: offset of the first character.
        end: offset behind the last character.
        is_sure: whether it can be nothing else; 3/8 alone may be a fraction.
    """

    month: int
    day: int
    start: int
    end: int
    is_sure: bool


def yearless_days(text: str, language: str | None) -> Iterator[YearlessDay]:
    """Yield the days that a text names without their year; of a span the first and the last one.

    Args:
        text: without full-width forms.
        language: of the text, which tells the order of 3/8; None where days stand before months.
    """
    day_first = False if language in MONTH_FIRST else None if language in UNKNOWN else True
    taken = bytearray(len(text))
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            read = match.groupdict()
            sure = _is_sure(text, match) if read.get("one") else _is_month_name(read, language)
            if sure is None or any(taken[start:end]) or is_lunar(text, start, end):
                continue
            pair = _pair(read, day_first)
            if pair is None:
                continue
            taken[start:end] = b"\1" * (end - start)
            ends = (read.get("first"), read.get("last"))
            for day in sorted({pair[0], *(int(each) for each in ends if each)}):
                if _exists(day, pair[1]):
                    yield YearlessDay(pair[1], day, start, end, sure)


def _is_sure(text: str, match: re.Match[str]) -> bool | None:
    """Tell whether two numbers are a day for sure; None if they are a score or a fraction."""
    if not match[0][:1].isdigit():
        return True
    before = text[max(0, match.start() - 24) : match.start()]
    if _DATE_WORD.search(before):
        return True
    if _NO_DATE_BEFORE.search(before) or _NO_DATE_BEHIND.match(text, match.end()):
        return None
    return before.endswith("(") and text[match.end() : match.end() + 1] == ")"


def _is_month_name(read: Mapping[str, str | None], language: str | None) -> bool | None:
    """Tell whether a word is the name of a month where no year follows; None if it is none."""
    name = read.get("name")
    if name is None:
        return True
    if months.month_number(name) is None:
        return None
    if _ENGLISH.fullmatch(name):
        return True if name[0].isupper() or name.lower() not in VERBS else None
    return True if language not in _THREE and len(name) >= _SHORT else None


def _pair(read: Mapping[str, str | None], day_first: bool | None) -> tuple[int, int] | None:
    """Return day and month of a match; None where there is no such day."""
    try:
        if one := read.get("one"):
            pair = ordered(int(one), int(read["other"] or 0), day_first)
        else:
            pair = number(read["day"] or "0"), month_of(read) or 0
    except ValueError:
        return None
    return pair if pair and _exists(*pair) else None


def _exists(day: int, month: int) -> bool:
    try:
        # A leap year.
        date(2000, month, day)
    except ValueError:
        return False
    return True

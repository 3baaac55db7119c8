"""The amounts in a text as numbers, so that those of different languages can be compared."""

from __future__ import annotations

import math
import re
import sys
import unicodedata

from rag.text.chinese import simplified
from rag.text.numerals import numbers

_MAGNITUDES = {
    **dict.fromkeys(("nghìn", "ngàn", "thousand"), 1e3),
    **dict.fromkeys(("vạn",), 1e4),
    **dict.fromkeys(("triệu", "million", "mn"), 1e6),
    **dict.fromkeys(("tỷ", "tỉ", "billion", "bn"), 1e9),
    **dict.fromkeys(("trillion",), 1e12),
}
_WORDS = {
    **dict.fromkeys(("one", "một"), 1),
    **dict.fromkeys(("two", "hai"), 2),
    **dict.fromkeys(("three", "ba"), 3),
    **dict.fromkeys(("four", "bốn", "tư"), 4),
    **dict.fromkeys(("five", "năm"), 5),
    **dict.fromkeys(("six", "sáu"), 6),
    **dict.fromkeys(("seven", "bảy", "bẩy"), 7),
    **dict.fromkeys(("eight", "tám"), 8),
    **dict.fromkeys(("nine", "chín"), 9),
    **dict.fromkeys(("ten", "mười"), 10),
    **dict.fromkeys(("eleven",), 11),
    **dict.fromkeys(("twelve",), 12),
}
"""Numbers in words. Only a whole text is read so: "năm" is five, and a year."""

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_MEASURES = "个国人名位年月日号天岁次票家所种项条座层级届倍成分点米公元美英欧吨小千百十万亿"
"""What follows a digit in Han characters if it is a number. Others are parts of words: 四川."""

_LONGEST_HAN = 40
"""Characters of a number in Han characters; a longer run is something else."""

_HAN_NUMBER = re.compile(
    rf"[〇零一二两三四五六七八九十百千万亿]{{2,}}"
    rf"|[〇零一二两三四五六七八九十](?=[{_MEASURES}]|[^\u3400-\u9fff]|$)"
)
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹]+")
_AMOUNT = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*)"
    rf"(?:\s*(?P<han>[十百千万亿]+)"
    rf"|(?P<words>(?:\s*(?:{'|'.join(_MAGNITUDES)})(?![^\W\d_]))+))?"
)


def amounts(text: str) -> set[float]:
    """Return the amounts in a text.

    >>> amounts("1,2 triệu người") == amounts("120万人") == amounts("1.2 million") == {1200000.0}
    True
    >>> amounts("1亿2千万") == amounts("一亿二千万") == amounts("120 triệu") == {120000000.0}
    True
    >>> amounts("三十一个国家"), amounts("eleven"), amounts("12 tỉnh"), amounts("四川")
    ({31.0}, {11.0}, {12.0}, set())
    """
    even = _even(text)
    if even.strip() in _WORDS:
        return {float(_WORDS[even.strip()])}
    found = amounts_in_digits(text)
    for han in _HAN_NUMBER.findall(_AMOUNT.sub(" ", even)):
        value = _of_han(han)
        # 亿 after 亿 makes numbers that no float holds.
        if value is not None and value < sys.float_info.max:
            found.add(float(value))
    return found


def amounts_in_digits(text: str) -> set[float]:
    """Return the amounts in a text that have a digit.

    >>> sorted(amounts_in_digits("三十一个国家，1.5 triệu 12")), amounts_in_digits("eleven")
    ([12.0, 1500000.0], set())
    """
    even = _even(text)
    found: list[float] = []
    end, least = 0, 1.0
    for match in _AMOUNT.finditer(even):
        factor = _factor(match["han"], match["words"])
        values = [round(float(number) * factor, 6) for number in numbers(match["number"])]
        values = [value for value in values if math.isfinite(value)]
        # The second half of one amount: 1亿2千万, 1 tỷ 200 triệu.
        if 1 < factor < least and len(values) == 1 and not even[end : match.start()].strip():
            found[-1] += values[0]
        else:
            found += values
        end, least = match.end(), factor if len(values) == 1 else 1.0
    return set(found)


def _even(text: str) -> str:
    """Return a text in Simplified characters and NFKC, its case folded, without superscripts."""
    return simplified(unicodedata.normalize("NFKC", _SUPERSCRIPTS.sub(" ", text))).casefold()


def _factor(han: str | None, words: str | None) -> float:
    """Return what a number is multiplied by: 千万, nghìn tỷ."""
    each = [float(_UNITS.get(unit) or _LARGE[unit]) for unit in han or ""]
    return math.prod([*each, *(_MAGNITUDES[word] for word in (words or "").split())])


def _of_han(text: str) -> int | None:
    """Return the number that is written in Han characters; None for units alone, such as 千."""
    if len(text) > _LONGEST_HAN or not any(each in _DIGITS or each == "十" for each in text):
        return None
    if all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))
    total = section = digit = 0
    for each in text:
        if each in _DIGITS:
            digit = _DIGITS[each]
        elif each in _UNITS:
            section += (digit or 1) * _UNITS[each]
            digit = 0
        elif each == "亿":
            total = (total + section + digit) * _LARGE[each]
            section = digit = 0
        else:
            total += (section + digit) * _LARGE[each]
            section = digit = 0
    return total + section + digit

"""Numbers in Han characters: 一万二千, 百分之五, 三成, 两年半, 壹拾贰, 二十余万."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator

from rag.text.numbers.numerals import exact

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_MEASURES = "个国人名位年月日号天岁次票家所种项条座层级届倍成分点米公元美英欧吨小千百十万亿"
"""What follows a digit in Han characters if it is a number. Others are parts of words: 四川."""

_NOT_TENTHS = "[立为员功都分果本长品就百千万年]"
"""What follows 成 (a tenth) where it is part of a word."""

_IN_DOZENS = "[鸡蛋啤铅袜玫可酒杯]"
"""What follows 打 (a dozen) where it is no verb."""

_HALVED = "个年天周倍里米吨斤岁"
"""What may stand between a number and 半 that is its half: 两年半, 三个半小时."""

_NOT_HALVED = "[年天月数夜路导岛球径价]"
"""What follows 半 where it belongs to the next word: 半年."""

HALF_IN_HAN = f"[{_HALVED}]半(?!{_NOT_HALVED})"
"""A half that is added to the number before it."""

_NEIGHBOURS = "一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九"
"""Two digits of which one or the other is meant: 三四百."""

_LONGEST_HAN = 40
"""Characters of a number in Han characters; a longer run is something else."""

_HAN_DIGITS = "〇零一二两三四五六七八九"
_HAN_FORM = re.compile(
    rf"(?P<of>[{_HAN_DIGITS}十百千万]{{1,9}}|\d{{1,9}})分之"
    rf"(?P<part>[{_HAN_DIGITS}十百点]{{1,9}}|\d{{1,9}})"
    rf"|(?P<tenths>[一两二三四五六七八九])成(?P<half>[{_HAN_DIGITS}半])?(?!{_NOT_TENTHS})"
    rf"|(?P<whole>[{_HAN_DIGITS}十百千]{{1,9}})点(?P<decimals>[{_HAN_DIGITS}]{{1,9}})"
    rf"(?P<unit>[百千万亿]{{0,3}})(?![分钟十])"
    rf"|(?P<dozens>[一两二三四五六七八九十半])打(?=[^\u3400-\u9fff]|{_IN_DOZENS}|$)"
    rf"|(?P<halved>[{_HAN_DIGITS}十百]{{1,5}}){HALF_IN_HAN}"
    r"|(?P<one_half>一半|半数|半(?P<half_of>[万亿]))"
    rf"|(?P<either>{_NEIGHBOURS})(?P<either_of>[十百千万亿]+|(?=[{_MEASURES}]))"
    rf"|(?P<run>[{_HAN_DIGITS}十百千万亿]{{2,}})"
    rf"|(?P<single>[{_HAN_DIGITS}十])(?=[{_MEASURES}]|[^\u3400-\u9fff]|$)"
)

_FINANCIAL = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟零万亿]{2,40}+[元圆整]?")
"""A number as cheques have it; 陆, 伍 and 拾 are ordinary characters elsewhere."""

_IS_FINANCIAL = re.compile("[壹贰叁肆伍陆柒捌玖][拾佰仟]|[壹贰叁肆伍陆柒捌玖][万亿][元圆整]")
_FINANCIAL_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")

_TWENTY = re.compile(rf"廿(?=[{_HAN_DIGITS}{_MEASURES}])")

_AND_MORE = re.compile("(?<=[〇零一二两三四五六七八九十百千万0-9])[余多来](?=[百千万亿])")
"""What says within a number that it is a little more: 二十余万 counts as 200,000."""

_VAGUE = re.compile(
    rf"[\d.{_HAN_DIGITS}十百千万]{{0,20}}+几[十百千万亿]*|(?<![人总户次件票款])数[十百千万亿]+"
)
"""Some tens or thousands: no number."""


def plain_han(text: str) -> str:
    """Return a text, in Simplified characters, in which other ways to write numbers are undone.

    Financial numerals and 廿 become the usual characters, 余 and 多 within a number are left out,
    and vague numbers such as 几十万 become a space.

    >>> plain_han("壹万贰仟元，廿五人，20余万"), plain_han("大陆伍队，几十万人")
    ('一万二千元，二十五人，20万', '大陆伍队， 人')
    """
    even = _FINANCIAL.sub(_usual, text)
    return _AND_MORE.sub("", _VAGUE.sub(" ", _TWENTY.sub("二十", even)))


def _usual(match: re.Match[str]) -> str:
    is_number = _IS_FINANCIAL.search(match[0]) is not None
    return match[0].translate(_FINANCIAL_DIGITS) if is_number else match[0]


def han_amounts(text: str) -> Iterator[float]:
    """Yield the numbers in Han characters; of 三四百 both 300 and 400.

    Args:
        text: as :func:`plain_han` returns it.
    """
    for match in _HAN_FORM.finditer(text):
        for value in _of_form(match):
            # 亿 after 亿 makes numbers that no float holds.
            if value is not None and value < sys.float_info.max:
                yield exact(float(value))


def _of_form(match: re.Match[str]) -> tuple[float | None, ...]:
    """Return the numbers that a match of :data:`_HAN_FORM` states."""
    if match["part"]:
        part, whole = _of_part(match["part"]), _of_part(match["of"])
        if part is None or not whole:
            return ()
        # 百分之四十五 is 45 percent, and percentages count as their number.
        return (part if whole in (100, 1000) else part / whole,)
    if match["tenths"]:
        half = match["half"] or ""
        return (10 * _DIGITS[match["tenths"]] + (5 if half == "半" else _DIGITS.get(half, 0)),)
    if match["dozens"]:
        return (6 if match["dozens"] == "半" else 12 * (han_number(match["dozens"]) or 0),)
    if match["whole"]:
        whole = han_number(match["whole"])
        decimals = "".join(str(_DIGITS[each]) for each in match["decimals"])
        factor = han_factor(match["unit"])
        return () if whole is None else (float(f"{whole}.{decimals}") * factor,)
    if match["halved"]:
        whole = han_number(match["halved"])
        return () if whole is None else (whole + 0.5,)
    if match["one_half"]:
        return (han_factor(match["half_of"]) / 2,)
    if match["either"]:
        return tuple(han_number(each + match["either_of"]) for each in match["either"])
    return (han_number(match["run"] or match["single"]),)


def _of_part(text: str) -> float | None:
    if text[0].isdigit():
        return float(text)
    whole, _, decimals = text.partition("点")
    value = 100 if whole == "百" else 1000 if whole == "千" else han_number(whole)
    if value is None or not all(each in _DIGITS for each in decimals):
        return None
    return float(f"{value}.{''.join(str(_DIGITS[each]) for each in decimals) or 0}")


def han_factor(units: str | None) -> float:
    """Return what units multiply a number by: 千万 by 10,000,000.

    >>> han_factor("千万"), han_factor(None)
    (10000000.0, 1.0)
    """
    return math.prod(float(_UNITS.get(unit) or _LARGE[unit]) for unit in units or "") * 1.0


def han_number(text: str) -> int | None:
    """Return the number that is written in Han characters; None for units alone, such as 千.

    >>> han_number("一万二千"), han_number("二〇二六"), han_number("一万二"), han_number("千")
    (12000, 2026, 12000, None)
    """
    if len(text) > _LONGEST_HAN or not any(each in _DIGITS or each == "十" for each in text):
        return None
    if all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text))
    total = section = digit = 0
    last = 1
    for each in text:
        if each in _DIGITS:
            digit = _DIGITS[each]
            last = 1 if digit == 0 else last
        elif each in _UNITS:
            section += (digit or 1) * _UNITS[each]
            digit, last = 0, _UNITS[each]
        elif each == "亿":
            total = (total + section + digit) * _LARGE[each]
            section, digit, last = 0, 0, _LARGE[each]
        else:
            total += (section + digit) * _LARGE[each]
            section, digit, last = 0, 0, _LARGE[each]
    # 一万二 is 12,000, as 一万零二 is 10,002.
    return total + section + (digit * last // 10 if last >= _UNITS["百"] else digit)

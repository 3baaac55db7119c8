"""The amounts in a text as numbers, so that those of different languages can be compared.

All that compares numbers uses it: 12.000, 12,000, 1.2万, 一万二, 12 nghìn, mười hai nghìn and
twelve thousand are one amount.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Iterator

from rag.text.chinese import simplified
from rag.text.numbers.numerals import numbers, without_space_marks
from rag.text.numbers.words import ENGLISH_SCALES, SCALES, SMALL_SCALES, word_numbers

_MAGNITUDES = {
    name: float(value) for name, value in {**SCALES, **SMALL_SCALES}.items() if name != "mươi"
}
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_MEASURES = "个国人名位年月日号天岁次票家所种项条座层级届倍成分点米公元美英欧吨小千百十万亿"
"""What follows a digit in Han characters if it is a number. Others are parts of words: 四川."""

_NOT_TENTHS = "[立为员功都分果本长品就百千万年]"
"""What follows 成 (a tenth) where it is part of a word."""

_IN_DOZENS = "[鸡蛋啤铅袜玫可酒杯]"
"""What follows 打 (a dozen) where it is no verb."""

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
    rf"|(?P<run>[{_HAN_DIGITS}十百千万亿]{{2,}})"
    rf"|(?P<single>[{_HAN_DIGITS}十])(?=[{_MEASURES}]|[^\u3400-\u9fff]|$)"
)
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹]+")
_AMOUNT = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)"
    r"(?:\s*(?P<han>[十百千万亿]+)"
    rf"|(?P<words>(?:\s*(?:{'|'.join(_MAGNITUDES)})(?![^\W\d_]))+))?"
    r"(?P<half>\srưỡi(?![^\W\d_]))?"
    r"(?P<percent>\s?(?:[%‰]|phần trăm|per\s?cent))?"
)
_THREE_DIGITS = re.compile(r"[1-9]\d{0,2}(?P<mark>[.,])(?P<digits>\d{3})")
_RATIO = re.compile(r"(?<![\d/.,])(\d{1,4})\s?/\s?(\d{1,4})(?![\d/]|[.,]\d)")
_RANGE = re.compile(r"\s?(?:[-–—~至到]|đến|to)\s?")
_LONGEST_TO = 6
"""Characters between both ends of a range."""

_ABOUT = re.compile(
    r"\s*+(?:(?:about|around|some|nearly|almost|over|exactly|only|every|for|khoảng|gần|hơn|chỉ|cả"
    r"|đúng|mỗi|sau|trong)\s){0,2}"
)
_NO_NUMBER = re.compile(
    r"\s(?:\d|(?:of|trong|những|day|thing|ngoái|nay|qua|sau|trước|vừa|đó)(?![^\W\d_]))"
)
"""Words behind a small number that is none: one of, một trong những, năm ngoái."""

_SHORT_TEXT = 5
"""Words of a text of which a small number in words may be the first: "seven countries". Chosen
manually, not tuned."""

_HEAD = 80
"""Characters of a text in which its second word is looked for."""

_IDIOMS = 20
"""Numbers up to which words and Han characters may be part of an idiom. Chosen manually, not
tuned."""


def amounts(text: str) -> set[float]:
    """Return the amounts in a text.

    A number in words counts where its words are nothing else: "twelve thousand" anywhere, "ba"
    (three, father) only where a short text begins with it. Two numbers with a slash are a fraction.

    >>> amounts("1,2 triệu người") == amounts("120万人") == amounts("1.2 million") == {1200000.0}
    True
    >>> amounts("1亿2千万") == amounts("一亿二千万") == amounts("120 triệu") == {120000000.0}
    True
    >>> amounts("三十一个国家"), amounts("eleven"), amounts("12 tỉnh"), amounts("四川")
    ({31.0}, {11.0}, {12.0}, set())
    """
    even = _even(text)
    found = {round(int(one) / int(other), 6) for one, other in _RATIO.findall(even) if int(other)}
    rest = _RATIO.sub(_blank, even)
    return found | _in_digits(rest) | _in_words(rest, is_name=_begins_with_name(text))


def amounts_in_digits(text: str) -> set[float]:
    """Return the amounts in a text that have a digit; of a fraction both numbers.

    >>> sorted(amounts_in_digits("三十一个国家，1.5 triệu 12")), amounts_in_digits("eleven")
    ([12.0, 1500000.0], set())
    """
    return _in_digits(_even(text))


def large_amounts_in_words(text: str) -> set[float]:
    """Return the amounts that a text has in several words or Han characters, as no idiom does.

    >>> large_amounts_in_words("一万二千人，一般 one of twelve thousand")
    {12000.0}
    """
    rest = _AMOUNT.sub(_blank, _even(text))
    found = {value for value in _in_han(rest) if value > _IDIOMS}
    return found | {each.value for each in word_numbers(rest) if each.value > _IDIOMS}


def _in_digits(even: str) -> set[float]:
    found: list[float] = []
    end, least, before = 0, 1.0, 0.0
    for match in _AMOUNT.finditer(even):
        factor = _factor(match["han"], match["words"])
        half = (
            _MAGNITUDES[match["words"].split()[-1]] / 2 if match["words"] and match["half"] else 0
        )
        values = [_exact(number * factor + half) for number in _numbers(match)]
        values = [value for value in values if math.isfinite(value)]
        between = even[end : match.start()]
        is_one = len(values) == 1
        # The second half of one amount: 1亿2千万, 1 tỷ 200 triệu.
        if 1 < factor < least and is_one and not between.strip():
            found[-1] += values[0]
        elif before and factor > 1 and is_one and before < values[0] / factor and _is_to(between):
            # Both ends of a range have the magnitude of the second: 3-4 triệu.
            found[-1:] = [_exact(before * factor), *values]
        else:
            found += values
        end, least = match.end(), factor if is_one else 1.0
        before = values[0] if is_one and factor == 1 and not match["percent"] else 0.0
    return set(found)


def _exact(value: float) -> float:
    """Return a value without what multiplying by a magnitude has added to it.

    >>> 4.35 * 100, _exact(4.35 * 100)
    (434.99999999999994, 435.0)
    """
    return value if value.is_integer() else round(float(f"{value:.15g}"), 6)


def _is_to(between: str) -> bool:
    return len(between) <= _LONGEST_TO and bool(_RANGE.fullmatch(between))


def _numbers(match: re.Match[str]) -> list[float]:
    """Return the numbers of a match of :data:`_AMOUNT`, without what they are multiplied by.

    Three digits behind a mark are thousands, unless a magnitude behind them says in which language
    they are written (1.250 billion is English, 1,250 tỷ Vietnamese), or they are a percentage:
    those of a thousand and more are rare.
    """
    three = _THREE_DIGITS.fullmatch(match["number"])
    if three is None:
        return [float(number) for number in numbers(match["number"])]
    words = (match["words"] or "").split()
    decimal = ""
    if match["han"] or (words and words[0] in ENGLISH_SCALES):
        decimal = "."
    elif words:
        decimal = ","
    elif match["percent"]:
        decimal = three["mark"]
    if three["mark"] == decimal and three["digits"] != "000":
        return [float(match["number"].replace(",", "."))]
    return [float(number) for number in numbers(match["number"])]


def _begins_with_name(text: str) -> bool:
    """Tell whether the second word of a text has a capital: Ba Lan is Poland, ba nước three."""
    second = unicodedata.normalize("NFC", text[:_HEAD]).split()[1:2]
    return bool(second) and second[0][0].isupper()


def _in_words(even: str, *, is_name: bool) -> set[float]:
    """Return the amounts that a text has in words or in Han characters.

    Args:
        even: the text, without fractions.
        is_name: whether a small number with which it begins is part of a name.
    """
    rest = _AMOUNT.sub(_blank, even)
    found = set(_in_han(rest))
    is_short = not is_name and len(even.split()) <= _SHORT_TEXT
    about = _ABOUT.match(even)
    begin = about.end() if about else 0
    for each in word_numbers(rest):
        is_first = is_short and each.start == begin and not _NO_NUMBER.match(even, each.end)
        if each.is_sure or is_first:
            found.add(_exact(each.value))
    return found


def _in_han(rest: str) -> Iterator[float]:
    """Yield the numbers in Han characters; 亿 after 亿 makes numbers that no float holds."""
    for match in _HAN_FORM.finditer(rest):
        value = _of_form(match)
        if value is not None and value < sys.float_info.max:
            yield _exact(float(value))


def _of_form(match: re.Match[str]) -> float | None:
    """Return the number that a match of :data:`_HAN_FORM` states."""
    if match["part"]:
        part, whole = _of_part(match["part"]), _of_part(match["of"])
        if part is None or not whole:
            return None
        # 百分之四十五 is 45 percent, and percentages count as their number.
        return part if whole in (100, 1000) else part / whole
    if match["tenths"]:
        half = match["half"] or ""
        return 10 * _DIGITS[match["tenths"]] + (5 if half == "半" else _DIGITS.get(half, 0))
    if match["dozens"]:
        return 6 if match["dozens"] == "半" else 12 * (_of_han(match["dozens"]) or 0)
    if match["whole"]:
        whole = _of_han(match["whole"])
        decimals = "".join(str(_DIGITS[each]) for each in match["decimals"])
        return None if whole is None else float(f"{whole}.{decimals}") * _factor(match["unit"], "")
    return _of_han(match["run"] or match["single"])


def _of_part(text: str) -> float | None:
    if text[0].isdigit():
        return float(text)
    whole, _, decimals = text.partition("点")
    value = 100 if whole == "百" else 1000 if whole == "千" else _of_han(whole)
    if value is None or not all(each in _DIGITS for each in decimals):
        return None
    return float(f"{value}.{''.join(str(_DIGITS[each]) for each in decimals) or 0}")


def _even(text: str) -> str:
    """Return a text in Simplified characters and NFKC, its case folded, without superscripts."""
    plain = without_space_marks(_SUPERSCRIPTS.sub(" ", text))
    return simplified(unicodedata.normalize("NFKC", plain)).casefold()


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


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])

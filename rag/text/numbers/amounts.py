"""The amounts in a text as numbers, so that those of different languages can be compared.

All that compares numbers uses it: 12.000, 12,000, 1.2万, 一万二, 12 nghìn, mười hai nghìn and
twelve thousand are one amount.
"""

from __future__ import annotations

import math
import re
import unicodedata

from rag.text.chinese import simplified
from rag.text.numbers.han import HALF_IN_HAN, han_amounts, han_factor, plain_han
from rag.text.numbers.money import with_scales
from rag.text.numbers.numerals import exact, numbers, without_space_marks
from rag.text.numbers.words import ENGLISH_SCALES, SCALES, SMALL_SCALES, word_numbers

_MAGNITUDES = {
    name: float(value) for name, value in {**SCALES, **SMALL_SCALES}.items() if name != "mươi"
}
_SUPERSCRIPTS = re.compile("[⁰¹²³⁴-⁹]+")
_QUARTERS = {"½": ".5", "¼": ".25", "¾": ".75"}
_VULGAR = re.compile(r"(?P<whole>(?<![\d.,])\d{1,9})?\s?(?P<part>[½¼¾])")
_AMOUNT = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)"
    r"(?:\s*(?P<han>[十百千万亿]+)"
    rf"|(?P<words>(?:\s*(?:{'|'.join(_MAGNITUDES)})(?![^\W\d_]))+))?"
    rf"(?P<half>(?:{HALF_IN_HAN}|\srưỡi(?![^\W\d_])|\s[^\W\d_]{{1,8}}\srưỡi(?![^\W\d_])"
    r"|\sand\sa\shalf(?![^\W\d_])))?"
    r"(?P<tenth>\s[1-9](?=\s?(?:đồng|đô|usd|vnđ|vnd)(?![^\W\d_])|\s*\Z))?"
    r"(?P<percent>\s?(?:[%‰]|phần trăm|per\s?cent))?"
)
_HALF_PAST = " rưỡi"
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
    found = {value for value in han_amounts(rest) if value > _IDIOMS}
    return found | {each.value for each in word_numbers(rest) if each.value > _IDIOMS}


def _in_digits(even: str) -> set[float]:
    found: list[float] = []
    end, least, before = 0, 1.0, 0.0
    for match in _AMOUNT.finditer(even):
        factor = _factor(match["han"], match["words"])
        values = [exact(number * factor + _more(match)) for number in _numbers(match)]
        values = [value for value in values if math.isfinite(value)]
        between = even[end : match.start()]
        is_one = len(values) == 1
        # The second half of one amount: 1亿2千万, 1 tỷ 200 triệu.
        if 1 < factor < least and is_one and not between.strip():
            found[-1] += values[0]
        elif before and factor > 1 and is_one and before < values[0] / factor and _is_to(between):
            # Both ends of a range have the magnitude of the second: 3-4 triệu.
            found[-1:] = [exact(before * factor), *values]
        else:
            found += values
        end, least = match.end(), factor if is_one else 1.0
        before = values[0] if is_one and factor == 1 and not match["percent"] else 0.0
    return set(found)


def _more(match: re.Match[str]) -> float:
    """Return what stands behind a number of its last unit: 2 triệu rưỡi, 2 tỷ 3, 2 năm rưỡi."""
    if not match["words"]:
        # "2 rưỡi" is half past two.
        return 0.5 if match["half"] and match["half"] != _HALF_PAST else 0.0
    unit = _MAGNITUDES[match["words"].split()[-1]]
    return unit / 2 if match["half"] else unit / 10 * int(match["tenth"] or 0)


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
    found = set(han_amounts(rest))
    is_short = not is_name and len(even.split()) <= _SHORT_TEXT
    about = _ABOUT.match(even)
    begin = about.end() if about else 0
    for each in word_numbers(rest):
        is_first = is_short and each.start == begin and not _NO_NUMBER.match(even, each.end)
        if each.is_sure or is_first:
            found.add(exact(each.value))
    return found


def _even(text: str) -> str:
    """Return a text in Simplified characters and NFKC, its case folded, without superscripts.

    What may be written in several ways is in one: ½, $2m, 壹拾.
    """
    plain = without_space_marks(_VULGAR.sub(_in_decimals, _SUPERSCRIPTS.sub(" ", text)))
    even = simplified(unicodedata.normalize("NFKC", plain)).casefold()
    return with_scales(plain_han(even))


def _in_decimals(match: re.Match[str]) -> str:
    return f"{match['whole'] or 0}{_QUARTERS[match['part']]}"


def _factor(han: str | None, words: str | None) -> float:
    """Return what a number is multiplied by: 千万, nghìn tỷ."""
    return han_factor(han) * math.prod(_MAGNITUDES[word] for word in (words or "").split())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])

"""Numbers in Vietnamese and English words: mười hai nghìn, twelve thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ENGLISH_UNDER_TEN = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
)
_ENGLISH_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_ENGLISH_ONES = {name: value for value, name in enumerate((*_ENGLISH_UNDER_TEN, *_ENGLISH_TEENS))}
_ENGLISH_TENS = {
    name: 10 * value
    for value, name in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_VIETNAMESE_ONES = {
    **dict.fromkeys(("một", "mốt"), 1),
    "hai": 2,
    "ba": 3,
    **dict.fromkeys(("bốn", "tư"), 4),
    **dict.fromkeys(("năm", "lăm", "nhăm"), 5),
    "sáu": 6,
    **dict.fromkeys(("bảy", "bẩy"), 7),
    "tám": 8,
    "chín": 9,
}
SCALES = {
    **dict.fromkeys(("nghìn", "ngàn", "nghin", "ngan", "thousand"), 10**3),
    "vạn": 10**4,
    **dict.fromkeys(("triệu", "trieu", "million", "mn", "mln"), 10**6),
    **dict.fromkeys(("tỷ", "tỉ", "billion", "bn"), 10**9),
    "trillion": 10**12,
    "lakh": 10**5,
    "crore": 10**7,
}
SMALL_SCALES = {
    **dict.fromkeys(("chục", "mươi"), 10),
    **dict.fromkeys(("tá", "dozen"), 12),
    **dict.fromkeys(("trăm", "hundred"), 100),
}
ENGLISH_SCALES = frozenset(
    {"thousand", "million", "mn", "mln", "billion", "bn", "trillion", "lakh", "crore"}
)

_TENS = {**_ENGLISH_TENS, "mười": 10}
_ONES = {**_ENGLISH_ONES, **_VIETNAMESE_ONES}
_MULTIPLES = frozenset({*SCALES, *SMALL_SCALES})
_TEN_TIMES, _HUNDRED = 10, 100
_FILLERS = frozenset({"linh", "lẻ", "and"})
_NONE = "không"
_HALF = "rưỡi"
_FIRST = {"a": 1.0, "an": 1.0, "half": 0.5, "nửa": 0.5}
"""What may stand before a scale in place of a number: a dozen, half a million, nửa triệu."""

_WORDS = frozenset({*_ONES, *_TENS, *_MULTIPLES, *_FILLERS, *_FIRST, _NONE, _HALF})
_RUN = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(_WORDS, key=len)[::-1])})(?![^\W\d_])"
    rf"(?:[\s-]{{1,2}}(?:{'|'.join(sorted(_WORDS, key=len)[::-1])})(?![^\W\d_])){{0,24}}"
)
_SPLIT = re.compile(r"[\s-]+")

_HALF_BEHIND = re.compile(r"(?:\s[^\W\d_]{1,8}\srưỡi|[\s-]and[\s-]a[\s-]half)(?![^\W\d_])")
"""A half of what is counted: ba tháng rưỡi, two and a half."""

_NEIGHBOURS = [
    [lower, higher]
    for lower, value in _VIETNAMESE_ONES.items()
    for higher, next_value in _VIETNAMESE_ONES.items()
    if next_value == value + 1
]

_FRACTION = re.compile(
    rf"(?<![^\W\d_])(?P<vi>{'|'.join(_VIETNAMESE_ONES)})\sphần\s(?P<of>{'|'.join(_VIETNAMESE_ONES)})"
    r"(?![^\W\d_])|(?<![^\W\d_])(?<!and\s)(?<!and-)(?P<en>one|two|three|four|five|a)[\s-]"
    r"(?P<part>half|third|quarter|fourth|fifth|sixth|eighth|tenth)s?(?![^\W\d_])"
    rf"|(?<![^\W\d_])(?P<half>một\snửa|half(?=\sof\s))(?!\s(?:{'|'.join(SCALES)}|{'|'.join(SMALL_SCALES)}))"
    r"(?![^\W\d_])"
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8} | {
    "tenth": 10
}


@dataclass(frozen=True)
class WordNumber:
    """A number in words.

    Attributes:
        value: the number.
        start: offset of the first character.
        end: offset behind the last character.
        is_sure: whether its words are a number wherever they stand; "năm" is five, and a year.
    """

    value: float
    start: int
    end: int
    is_sure: bool


def word_numbers(text: str) -> Iterator[WordNumber]:
    """Yield the numbers that a text has in words.

    Args:
        text: in NFC, its case folded.

    >>> [each.value for each in word_numbers("mười hai nghìn, twenty-five, một triệu rưỡi")]
    [12000.0, 25.0, 1500000.0]
    """
    taken = []
    for match in _FRACTION.finditer(text):
        if match["vi"]:
            value = _VIETNAMESE_ONES[match["vi"]] / _VIETNAMESE_ONES[match["of"]]
        elif match["half"]:
            value = 0.5
        else:
            value = (_ENGLISH_ONES.get(match["en"]) or 1) / _PARTS[match["part"]]
        taken.append(match.span())
        yield WordNumber(round(value, 6), *match.span(), is_sure=True)
    characters = list(text)
    for start, end in taken:
        characters[start:end] = "." * (end - start)
    for match in _RUN.finditer("".join(characters)):
        words, places = [], []
        place = match.start()
        for word in _SPLIT.split(match[0]):
            place = text.index(word, place)
            words.append(word)
            places.append((place, place + len(word)))
            place += len(word)
        first = 0
        while first < len(words):
            if _is_either(words[first : first + 3]):
                lower, used, _ = _read([words[first], *words[first + 2 :]])
                yield WordNumber(lower or 0, places[first][0], places[first + used][1], True)
                first += 1
            value_read, used, is_sure = _read(words[first:])
            if value_read is None:
                first += 1
                continue
            start, end = places[first][0], places[first + used - 1][1]
            first += used
            if half := _HALF_BEHIND.match(text, end):
                # "năm" is five elsewhere: hai năm rưỡi.
                value_read, end, is_sure = value_read + 0.5, half.end(), True
                first = next((n for n, each in enumerate(places) if each[0] >= end), len(words))
            yield WordNumber(value_read, start, end, is_sure)


def _is_either(words: Sequence[str]) -> bool:
    """Tell whether one or the other of two numbers is meant: hai ba trăm."""
    return len(words) == 3 and words[2] in _MULTIPLES and words[:2] in _NEIGHBOURS


def _read(words: Sequence[str]) -> tuple[float | None, int, bool]:
    """Return the number with which words begin, how many of them it has, and whether it is sure."""
    head = words[0]
    number = _Number()
    if head in _FIRST:
        used = 2 if head == "half" and words[1:2] == ["a"] else 1
        if words[used : used + 1] == [] or words[used] not in _MULTIPLES:
            return None, 0, False
        number = _Number(section=_FIRST[head], last="ones")
    elif head in _ONES or head in _TENS:
        used = 0
    else:
        return None, 0, False
    while used < len(words) and not number.is_complete:
        following = words[used + 1] if used + 1 < len(words) else ""
        if not number.takes(words[used], following):
            break
        used += 1
    while words[used - 1] in _FILLERS:
        used -= 1
    is_sure = used > 1 or _ENGLISH_TENS.get(head, _ENGLISH_ONES.get(head, 0)) >= 10
    return round(number.total + number.section, 6), used, is_sure


@dataclass
class _Number:
    """A number as far as its words are read.

    Attributes:
        total: of the words up to the last scale.
        section: of the words after it.
        scale: the last of thousand, million, ...; 0 before there is one.
        unit: what the last scale or hundred stands for.
        last: the kind of the last word.
        is_complete: whether no further word can belong to it.
    """

    total: float = 0.0
    section: float = 0.0
    scale: float = 0.0
    unit: float = 1.0
    last: str = ""
    is_complete: bool = False

    def takes(self, word: str, following: str) -> bool:
        """Add a word; return False if it does not belong to this number."""
        if word in SCALES:
            return self._scaled(SCALES[word])
        if word in SMALL_SCALES:
            return self._multiplied(SMALL_SCALES[word])
        if word in _FILLERS:
            is_between = self.last == "scale" and (following in _ONES or following in _TENS)
            self.last = "filler" if is_between else self.last
            return is_between
        if word == _NONE:
            is_zero = self.last == "scale" and following == "trăm"
            self.last = "ones" if is_zero else self.last
            return is_zero
        if word == _HALF:
            if self.last != "scale":
                return False
            self.total += self.unit / 2
            self.is_complete = True
            return True
        if word in _TENS:
            if self.last in ("ones", "tens", "teens"):
                return False
            self.section += _TENS[word]
            self.last = "tens"
            return True
        return word in _ONES and self._added(word, following)

    def _scaled(self, scale: float) -> bool:
        if scale > self.scale > 0:
            self.total = (self.total + self.section) * scale
        else:
            self.total += self.section * scale
        self.section, self.scale, self.unit, self.last = 0.0, scale, scale, "scale"
        return True

    def _multiplied(self, scale: float) -> bool:
        if self.last not in ("ones", "tens", "teens") or self.section >= _HUNDRED <= scale:
            return False
        tail = self.section % 10 if scale == _TEN_TIMES else self.section
        self.section += tail * (scale - 1)
        self.unit, self.last = scale, "scale"
        return True

    def _added(self, word: str, following: str) -> bool:
        value = _ONES[word]
        if self.last in ("ones", "teens") or (value >= _TEN_TIMES and self.last == "tens"):
            return False
        ends = following not in _MULTIPLES
        # "mười năm" is ten years, as fifteen is "mười lăm".
        if word == "năm" and self.last not in ("", "filler") and ends:
            return False
        if self.last == "scale" and self.unit >= _HUNDRED and word in _VIETNAMESE_ONES and ends:
            # "một vạn hai" is 12,000; two more would be "linh hai".
            self.section += value * self.unit / 10
            self.is_complete = True
            return True
        self.section += value
        self.last = "teens" if value >= _TEN_TIMES else "ones"
        return True

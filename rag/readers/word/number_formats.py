"""Numbers of lists, written as Word writes them.

The names are those of ECMA-376, part 1, 17.18.59. A format that is not known here is written in
digits, as is a number that a format has no sign for.
"""

from __future__ import annotations

from collections.abc import Callable

_MOST = 32_767
"""The greatest number that Word counts to."""

_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)  # fmt: skip

_MOST_LETTERS = 780
"""The greatest number that Word writes in letters: thirty times the last one."""

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщыэюя"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"

_COMMON = "〇一二三四五六七八九"
_SIMPLIFIED_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_TRADITIONAL_LEGAL = "零壹貳參肆伍陸柒捌玖"
_JAPANESE_LEGAL = "〇壱弐参四五六七八九"

_VIETNAMESE = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def written(number: int, number_format: str) -> str:
    """Return a number in a format.

    >>> written(12, "chineseCounting"), written(4, "upperRoman"), written(28, "lowerLetter")
    ('十二', 'IV', 'bb')
    """
    if number_format in ("none", "bullet"):
        return ""
    write = _FORMATS.get(number_format)
    if write is None or not 0 < number <= _MOST:
        return str(number)
    return write(number) or str(number)


def _roman(number: int) -> str:
    if number >= 4000:
        return ""
    found = ""
    for value, letters in _ROMAN:
        found += letters * (number // value)
        number %= value
    return found


def _letters(number: int, alphabet: str = _LATIN) -> str:
    """Return a letter, which is repeated once the alphabet has ended: a to z, aa, bb."""
    if number > _MOST_LETTERS:
        return ""
    rounds, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (rounds + 1)


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _by_digit(number: int) -> str:
    return "".join(_COMMON[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    """Return a Chinese number up to 99, and digits one by one from 100 on."""
    return _in_words(number) if number < 100 else _by_digit(number)


def _in_words(
    number: int, digits: str = _COMMON, units: str = "十百千", *, zero: str = "零", ten: str = ""
) -> str:
    """Return a Chinese number with its units.

    Args:
        number: the number.
        digits: the signs of 0 to 9.
        units: the signs of 10, 100 and 1,000.
        zero: written for places that are left out; may be empty.
        ten: the sign before a leading unit of ten: none in 十二, one in 壹拾贰.
    """
    if number >= 10_000:
        rest = _in_words(number % 10_000, digits, units, zero=zero, ten=ten)
        gap = zero if 0 < number % 10_000 < 1000 else ""
        more = f"{gap}{rest}" if number % 10_000 else ""
        return f"{_in_words(number // 10_000, digits, units, zero=zero, ten=ten)}万{more}"
    found, is_gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            is_gap = bool(found)
            continue
        found += zero if is_gap else ""
        is_gap = False
        sign = ten if place == 1 and digit == 1 and not found else digits[digit]
        found += sign + (units[place - 1] if place else "")
    return found


def _japanese(number: int) -> str:
    """Return a Japanese number: 百一 and 千百, without 一 before a unit and without zero."""
    found = ""
    for value, unit in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        count, number = divmod(number, value)
        if count:
            found += ("" if count == 1 and value < 10_000 else _COMMON[count]) + unit
    return found + (_COMMON[number] if number else "")


def _vietnamese(number: int) -> str:
    if number >= 100:
        return ""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _VIETNAMESE[ones]
    last = {0: "", 1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(ones, _VIETNAMESE[ones])
    return f"{'mười' if tens == 1 else f'{_VIETNAMESE[tens]} mươi'} {last}".strip()


def _english(number: int) -> str:
    if number >= 100:
        return ""
    if number < 20:
        return _ONES[number].capitalize()
    tens, ones = divmod(number, 10)
    return (_TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")).capitalize()


def _english_ordinal(number: int) -> str:
    head, dash, last = _english(number).rpartition("-")
    if not last:
        return ""
    known = _ORDINALS.get(last.lower())
    last = known or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head}{dash}{last}" if head else last.capitalize()


def _sexagenary(number: int) -> str:
    """Return a sign of the cycle of sixty: 甲子 to 癸亥."""
    if number > 60:
        return ""
    return f"{_STEMS[(number - 1) % 10]}{_BRANCHES[(number - 1) % 12]}"


def _one_of(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if number <= len(signs) else ""


def _run_of(first: str, count: int) -> str:
    return "".join(chr(ord(first) + i) for i in range(count))


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CIRCLED = _run_of("①", 20) + _run_of("㉑", 15) + _run_of("㊱", 15)

_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "russianUpper": lambda number: _letters(number, _CYRILLIC).upper(),
    "russianLower": lambda number: _letters(number, _CYRILLIC),
    "ordinal": _ordinal,
    "cardinalText": _english,
    "ordinalText": _english_ordinal,
    "hex": lambda number: f"{number:X}",
    "numberInDash": lambda number: f"- {number} -",
    "vietnameseCounting": _vietnamese,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _in_words,
    "taiwaneseCountingThousand": _in_words,
    "ideographDigital": _by_digit,
    "taiwaneseDigital": _by_digit,
    "japaneseDigitalTenThousand": _by_digit,
    "japaneseCounting": _japanese,
    "chineseLegalSimplified": lambda number: _in_words(
        number, _SIMPLIFIED_LEGAL, "拾佰仟", ten="壹"
    ),
    "ideographLegalTraditional": lambda number: _in_words(
        number, _TRADITIONAL_LEGAL, "拾佰仟", ten="壹"
    ),
    "japaneseLegal": lambda number: _in_words(number, _JAPANESE_LEGAL, "拾百阡", zero="", ten="壱"),
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "ideographEnclosedCircle": _one_of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalEnclosedCircle": _one_of(_CIRCLED),
    "decimalEnclosedCircleChinese": _one_of(_CIRCLED),
    "decimalEnclosedFullstop": _one_of(_run_of("⒈", 20)),
    "decimalEnclosedParen": _one_of(_run_of("⑴", 20)),
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "aiueoFullWidth": _one_of(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"
    ),
    "irohaFullWidth": _one_of(
        "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ"
    ),
    "ganada": _one_of("가나다라마바사아자차카타파하"),
    "chosung": _one_of("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
}

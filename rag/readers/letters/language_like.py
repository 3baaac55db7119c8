"""Whether characters that a file gives are language, or the codes of glyphs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from functools import cache, lru_cache

from rag.text.data_files import toml_data

# All these numbers were chosen manually; they are not tuned. The texts that we looked at: 400
# characters at a time of messages of programs in 87 languages, whose mean surprise is up to 4.8
# bits, and English and Vietnamese with other codes for the letters, of which 95% have 5.1 or more.
_SAMPLE = 20_000
"""Characters of a text that are looked at."""
_SURPRISE, _SURPRISE_AMONG_SYMBOLS = 5.0, 4.7
"""Mean surprise of pairs of letters, in bits, from which on words are none; the second holds where
marks stand inside of them."""
_MIXED_WORDS = 0.3
"""Share of the words that have marks or digits between letters, from which on these count."""
_PAIRS, _LETTERS, _MARKS = 60, 10, 12
"""Pairs of letters, different letters, and different marks of ASCII that a text must have to be
judged by them."""
_LONG = 4
"""Letters of the words that are looked at: shorter ones may be abbreviations."""
_MARKS_SHARE = 0.6
"""Share of marks among letters and marks from which on a text is none."""
_NO_TEXT = 0.3
"""Share of private characters and of those that are no characters, from which on a text is none."""
_HAN, _COMMON_HAN = 40, 0.5
"""Han characters that a text must have to be judged by them, and the share of common ones."""
_SCRIPTS, _SCRIPT_SHARE = 5, 0.03
"""Scripts of which each has so large a share of the letters, from which on a text is none."""

_WORD = re.compile(r"[^\W\d_]+")
_MIXED = re.compile(r"[^\W\d_][^\w\s'’.,@&/-]+[^\W\d_]|[^\W\d_]\d+[^\W\d_]")
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_COLUMNS = f"{_LATIN}$?"
_ASCII_MARKS = frozenset("!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~")
"""Without what rows of dots and lines in forms are made of."""


class Verdict(Enum):
    """What can be told of a text."""

    LANGUAGE = "language"
    CODES = "codes"
    UNKNOWN = "unknown"


def verdict(text: str) -> Verdict:
    """Tell whether a text is language; unknown if it has too little that could tell.

    Tables of numbers, formulas and short texts are unknown.

    >>> verdict("The council met in March and agreed on another budget for the schools of Paris "
    ...         "that lie near the river")
    <Verdict.LANGUAGE: 'language'>
    >>> verdict("7KH FRXQFLO PHW LQ 0DUFK DQG DJUHHG RQ DQRWKHU EXGJHW IRU WKH VFKRROV RI 3DULV "
    ...         "WKDW OLH QHDU WKH ULYHU EDQN")
    <Verdict.CODES: 'codes'>
    >>> verdict("1 204 | 35.7% | 18/02/2026")
    <Verdict.UNKNOWN: 'unknown'>
    """
    text = text[:_SAMPLE]
    seen = Counter(text)
    kinds: Counter[str] = Counter()
    for character, count in seen.items():
        kinds[_kind(character)] += count
    if kinds["none"] > _NO_TEXT * (sum(kinds.values()) - kinds["space"]):
        return Verdict.CODES
    letters = {
        kind: count
        for kind, count in kinds.items()
        if kind not in ("none", "space", "mark", "rest")
    }
    total = sum(letters.values())
    different = sum(character in _ASCII_MARKS for character in seen)
    if different >= _MARKS and kinds["mark"] > _MARKS_SHARE * (total + kinds["mark"]):
        return Verdict.CODES
    if sum(count > _SCRIPT_SHARE * total for count in letters.values()) >= _SCRIPTS:
        return Verdict.CODES
    of_han = _of_han(text) if letters.get("CJK", 0) >= _HAN else Verdict.UNKNOWN
    if of_han is not Verdict.UNKNOWN:
        return of_han
    if max(letters, key=letters.__getitem__, default="") == "LATIN":
        return _of_latin(text)
    return Verdict.LANGUAGE if total >= _HAN else Verdict.UNKNOWN


def _of_han(text: str) -> Verdict:
    han = [character for character in text if _kind(character) == "CJK"]
    common = sum(map(is_common_han, han)) >= _COMMON_HAN * len(han)
    return Verdict.LANGUAGE if common else Verdict.CODES


def _of_latin(text: str) -> Verdict:
    """Tell by the pairs of letters in words, and by what stands between letters."""
    surprises: list[int] = []
    letters: set[str] = set()
    for word in _words(text):
        surprises += _surprises(word)
        letters.update(word)
    if len(surprises) < _PAIRS or len(letters) < _LETTERS:
        return Verdict.UNKNOWN
    mean = sum(surprises) / len(surprises)
    words = text.split()
    mixed = sum(bool(_MIXED.search(word)) for word in words) > _MIXED_WORDS * len(words)
    is_none = mean > (_SURPRISE_AMONG_SYMBOLS if mixed else _SURPRISE)
    return Verdict.CODES if is_none else Verdict.LANGUAGE


def _words(text: str) -> Iterator[str]:
    """Yield long words without case and diacritics."""
    decomposed = unicodedata.normalize("NFD", text.lower().translate(_PLAIN))
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    for word in _WORD.findall(bare):
        if len(word) >= _LONG:
            yield word


_PLAIN = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "ß": "ss"})


def _surprises(word: str) -> Iterator[int]:
    table = _table()
    before = "^"
    for letter in (*word, "$"):
        known = letter if letter in _COLUMNS else "?"
        yield table[before][known]
        before = known


@cache
def _table() -> dict[str, dict[str, int]]:
    rows = toml_data("rag.readers.letters", "letter_pairs.toml")["surprise"]
    return {
        before: {column: int(digit, 16) for column, digit in zip(_COLUMNS, row, strict=True)}
        for before, row in rows.items()
    }


@lru_cache(maxsize=65536)
def _kind(character: str) -> str:
    """Return the script of a letter, or what else a character is."""
    category = unicodedata.category(character)
    if character.isspace():
        return "space"
    if category in ("Co", "Cn", "Cc", "Cs") or character == "\ufffd":
        return "none"
    if not character.isalpha():
        return "mark" if character in _ASCII_MARKS else "rest"
    script = unicodedata.name(character, "?").split(" ")[0]
    # Japanese and Korean are written with several.
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO") else script


@lru_cache(maxsize=65536)
def is_common_han(character: str) -> bool:
    """Tell whether a character is of the first level of GB 2312 or of Big5, or no Han character."""
    if not unicodedata.name(character, "").startswith("CJK"):
        return True
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        code = character.encode(codec, "ignore")
        if code and first <= code[0] <= last:
            return True
    return False

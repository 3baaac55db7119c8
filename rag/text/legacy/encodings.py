"""Encodings of Vietnamese from before Unicode, and the characters as which their bytes are shown.

``vietnamese_encodings.toml`` holds the tables and their sources. Bytes are handled as strings of
the characters U+0000 to U+00FF.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rag.text.data_files import toml_data
from tamngu.records.stream_safe import stream_safe

_PLAIN_VOWELS = "aeouyAEOUY"
_SMALL = 0x20
"""How far the byte of a small letter is from that of its capital."""

_LATIN, _VIETNAMESE = range(0xC0, 0x1B1), range(0x1EA0, 0x1EFA)
"""Code points in which the letters of Vietnamese are."""

_SYMBOLS = range(0xF020, 0xF100)
"""Private code points by which Word and PDF files name the bytes of a font of symbols."""


@dataclass(frozen=True)
class Encoding:
    """An encoding of Vietnamese.

    Attributes:
        name: of the encoding.
        letters: for one byte, or for several that are one letter, the letter.
        fonts: how the names of fonts begin that have it, in lower case without marks.
    """

    name: str
    letters: Mapping[str, str]
    fonts: tuple[str, ...] = ()

    def decode(self, data: str) -> str:
        """Return the text of bytes, in NFC; characters that are no bytes of it stay."""
        found = self._pattern.sub(lambda code: self.letters[code[0]], data)
        return unicodedata.normalize("NFC", stream_safe(found))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        seconds: defaultdict[str, list[str]] = defaultdict(list)
        for code in self.letters:
            seconds[code[:-1]].append(re.escape(code[-1]))
        longest_first = sorted(seconds, key=lambda start: (-len(start), start))
        return re.compile(
            "|".join(f"{re.escape(start)}[{''.join(seconds[start])}]" for start in longest_first)
        )


@dataclass(frozen=True)
class View:
    """How a program shows bytes that are in another encoding.

    Attributes:
        name: of the encoding that the program took them for.
        bytes_of: the byte, or bytes, that a character was.
    """

    name: str
    bytes_of: Mapping[int, str]

    def data(self, text: str) -> str:
        """Return the bytes that were shown as a text."""
        return text.translate(self.bytes_of)


def _encodings() -> tuple[Encoding, ...]:
    tables = toml_data("rag.text.legacy", "vietnamese_encodings.toml")
    old = [_encoding(name, table) for name, table in tables.items()]
    return (*old, Encoding("cp1258", _codes("cp1258")), Encoding("utf-8", _utf8()))


def _encoding(name: str, table: Mapping[str, Any]) -> Encoding:
    letters = _codes("cp1252", range(0x80, 0xA0))
    for first, row in table["rows"]:
        letters |= {chr(int(first, 16) + i): letter for i, letter in enumerate(row)}
    bases = {vowel: vowel for vowel in _PLAIN_VOWELS}
    bases |= {code: letter for code, letter in letters.items() if letter in table.get("bases", "")}
    for byte, mark in table.get("marks", ()):
        for second in (chr(int(byte, 16)), chr(int(byte, 16) + _SMALL)):
            for code, vowel in bases.items():
                letter = unicodedata.normalize("NFC", vowel + mark)
                if len(letter) == 1:
                    letters[code + second] = letter
    return Encoding(name, letters, tuple(table["fonts"]))


def _codes(codec: str, bytes_: range = range(0x80, 0x100)) -> dict[str, str]:
    """Return the characters of the bytes of a codec of Python's."""
    shown = ((chr(byte), bytes([byte]).decode(codec, "ignore")) for byte in bytes_)
    return {code: character for code, character in shown if character}


def _utf8() -> dict[str, str]:
    """Return Vietnamese letters, and punctuation, by their bytes in UTF-8."""
    points = (*_LATIN, *_VIETNAMESE, *range(0x2010, 0x2027), 0xA0, 0xAB, 0xBB)
    return {chr(point).encode().decode("latin-1"): chr(point) for point in points}


def _view(codec: str) -> View:
    bytes_of = {symbol: chr(symbol - _SYMBOLS.start + 0x20) for symbol in _SYMBOLS}
    bytes_of |= {ord(character): byte for byte, character in _codes(codec).items()}
    # Programs compose a letter and the mark behind it, which were two bytes.
    for point in (*_LATIN, *_VIETNAMESE):
        decomposed = unicodedata.normalize("NFD", chr(point))
        base, mark = unicodedata.normalize("NFC", decomposed[:-1]), decomposed[-1]
        if base and point not in bytes_of and ord(mark) in bytes_of:
            bytes_of[point] = bytes_of.get(ord(base), base) + bytes_of[ord(mark)]
    return View(codec, bytes_of)


ENCODINGS = _encodings()
"""The encodings that are known; the likelier ones come first."""

VIEWS = tuple(_view(codec) for codec in ("cp1252", "cp1258", "mac-roman"))
"""What their bytes are mistaken for; a string of bytes as such is of the first."""

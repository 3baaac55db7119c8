"""UTF-16 and UTF-32 without a byte-order mark, told by what the text would be."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rag.readers.letters.labels import WIDE
from rag.readers.letters.language_like import is_common_han

# These numbers were chosen manually, not tuned.
_SAMPLE = 4096
"""Bytes that are looked at."""
_LEAST = 3
"""Characters that there must be where no byte is zero."""
_PLAIN = 0.9
"""Share of the characters that must be what texts are mostly made of."""


def wide_codec(data: bytes) -> str | None:
    """Return the codec of a text in UTF-16 or UTF-32; None if it is probably in neither.

    Text in bytes, read two at a time, is rare Han characters and characters that are none. A text
    of plain ASCII is not in question: it has no byte that is zero.
    """
    if data[:_SAMPLE].isascii() and b"\0" not in data[:_SAMPLE]:
        return None
    # Text in UTF-32 is half zeros in UTF-16.
    for codec in sorted(WIDE, reverse=True):
        unit = 4 if "32" in codec else 2
        text = _beginning(data, codec, unit) if len(data) % unit == 0 else ""
        if (len(text) >= _LEAST or (text and b"\0" in data)) and is_plain(text):
            return codec
    return None


def _beginning(data: bytes, codec: str, unit: int) -> str:
    """Return the beginning of a text; empty if it is not valid in the codec."""
    try:
        return data[:_SAMPLE].decode(codec)
    except UnicodeDecodeError as error:
        # The sample may end inside of a character that has two units.
        if error.end < min(len(data), _SAMPLE) - unit:
            return ""
        return data[: error.start].decode(codec, "ignore")


def is_plain(text: str) -> bool:
    """Tell whether nearly all characters are common in Vietnamese, Chinese and English texts."""
    if any(map(_is_no_text, text)):
        return False
    return sum(map(_is_usual, text)) >= _PLAIN * len(text)


@lru_cache(maxsize=65536)
def _is_no_text(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cn", "Co", "Cs") or (category == "Cc" and character not in "\t\n\r\f\x1a")


@lru_cache(maxsize=65536)
def _is_usual(character: str) -> bool:
    """Tell whether a character is common in texts of the languages that are asked in."""
    if character < "\u0250" or "\u1e00" <= character <= "\u1eff":
        return True
    if "\u2010" <= character <= "\u2027" or "\u3000" <= character <= "\u303f":
        return True
    if "\uff01" <= character <= "\uff65" or "\u0300" <= character <= "\u0323":
        return True
    return "\u4e00" <= character <= "\u9fff" and is_common_han(character)

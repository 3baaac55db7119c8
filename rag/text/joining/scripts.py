"""Characters that are as wide as two letters and stand without spaces between words."""

from __future__ import annotations

import re
import unicodedata

HAN = (
    "\u2e80-\u2fdf\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
"""Han characters, kana, and punctuation of the same width; for the inside of a character class."""

_WIDE = re.compile(f"[\u1100-\u115f\u3000{HAN}\uac00-\ud7a3]")


def columns(line: str) -> int:
    """Return how many columns of a terminal a line takes.

    >>> columns("abc"), columns("水库，")
    (3, 6)
    """
    if line.isascii():
        return len(line)
    line = unicodedata.normalize("NFC", line)
    return len(line) + len(_WIDE.findall(line))

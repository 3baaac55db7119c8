"""Text whose runs of combining marks are bounded, so that it can be normalised in linear time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

MOST_MARKS = 30
"""Combining marks in a row that stay: the number of Unicode's stream-safe text format (UAX #15,
section 13). No word of any language has so many."""

_STARTERS = (
    "\x00-\u02ff\u1e00-\u206f\u3000-\u3029\u3030-\u3098\u309b-\u9fff\uac00-\ud7a3\uff00-\uff9d"
)
_OTHERS = re.compile(f"[^{_STARTERS}]{{{MOST_MARKS + 1}}}")
"""So many characters in a row that could be marks. Letters of Latin, Han and Hangul cannot be.
So most texts need no table of all marks."""

_BMP_END = 0x10000
_AFTER_MARKS = 0x20000
"""Combining marks stand before this character; beyond are planes of Han characters and of tags."""


def stream_safe(text: str) -> str:
    r"""Return a text without the combining marks that come after 30 others in a row.

    Normalisation sorts each run of marks, and the time grows with the square of its length: 120,000
    marks took seconds, in which no other thread ran. Every text that comes from outside passes here
    before anything normalises it. Linear in the length of the text.

    >>> stream_safe("a" + "\u0301\u0323" * 1000) == "a" + "\u0301\u0323" * 15
    True
    """
    if text.isascii() or not _OTHERS.search(text):
        return text
    perhaps, too_long = _patterns()
    return too_long.sub(r"\1", text) if perhaps.search(text) else text


def is_non_starter(character: str) -> bool:
    """Tell whether a character, or the first one that it decomposes to, is a combining mark."""
    if unicodedata.combining(character):
        return True
    parts = unicodedata.decomposition(character) and unicodedata.normalize("NFKD", character)
    return bool(parts) and unicodedata.combining(parts[0]) != 0


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a text with a run of marks that is too long has, and such a run.

    The first pattern takes each character of the plane above the basic one for a mark. So it has
    few ranges, and reads ordinary text thirty times as fast as the second.
    """
    # Made at the first use, because it takes 50 ms.
    above = range(_BMP_END, _AFTER_MARKS)
    codes = [code for code in range(_AFTER_MARKS) if is_non_starter(chr(code))]
    basic = _character_class([*(code for code in codes if code < _BMP_END), *above])
    marks = _character_class(codes)
    # The first character stands alone, because a search skips quickly to a single set.
    return (
        re.compile(f"{basic}{basic}{{{MOST_MARKS}}}"),
        re.compile(f"({marks}{{{MOST_MARKS}}}){marks}++"),
    )


def _character_class(codes: Sequence[int]) -> str:
    """Return a pattern that matches one of the characters; ``codes`` are sorted."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in ranges)}]"

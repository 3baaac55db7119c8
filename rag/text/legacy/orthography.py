"""What old encodings of Vietnamese lose: capitals with tones, and ư that programs made a hyphen."""

from __future__ import annotations

import re

from rag.text.syllables import is_spelled_syllable

_WORD = re.compile(r"[^\W\d_]+")
_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{0,7})-([^\W\d_]{0,7})(?![^\W\d_])")
"""A hyphen, and what stands on both sides of it if it is short enough for a syllable."""

_CAPITALS = 2
_CAPITALS_OF_LINE = 4
"""Capitals in ASCII from which on a word, and a line, that has no small letters in ASCII is in
capitals. Chosen manually, not tuned."""


def with_capitals(line: str) -> str:
    """Return a line in capitals if all its letters in ASCII are; else its words that are so.

    TCVN3, VPS and others have the same byte for a small letter and its capital.

    >>> with_capitals("QUYếT ĐịNH")
    'QUYẾT ĐỊNH'
    """
    if _is_in_capitals(line, _CAPITALS_OF_LINE):
        return line.upper()
    return _WORD.sub(
        lambda word: word[0].upper() if _is_in_capitals(word[0], _CAPITALS) else word[0], line
    )


def _is_in_capitals(text: str, least: int) -> bool:
    letters = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return len(letters) >= least and all(map(str.isupper, letters))


def with_horned_u(text: str) -> str:
    """Return a text in which a hyphen that only makes sense as ư is one.

    TCVN3 has ư where other encodings have the soft hyphen.

    >>> with_horned_u("th- viện đ-ợc mở, Anh-Việt")
    'thư viện được mở, Anh-Việt'
    """
    return _HYPHEN.sub(_u_or_hyphen, text) if "-" in text else text


def _u_or_hyphen(found: re.Match[str]) -> str:
    before, after = found[1].lower(), found[2].lower()
    if not before and after in ("", "a"):
        return found[0]
    as_hyphen = all(is_spelled_syllable(part) for part in (before, after) if part)
    # A word may begin with ưu; a hyphen has a letter on each side, or is a dash.
    if (as_hyphen and after != "u") or not is_spelled_syllable(f"{before}ư{after}"):
        return found[0]
    capital = (found[1] + found[2]).isupper() and len(before + after) > 1
    return f"{found[1]}{'Ư' if capital else 'ư'}{found[2]}"

"""Fonts of Vietnamese from before Unicode, by their names; what text in them says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from rag.text.legacy.encodings import ENCODINGS, VIEWS, Encoding
from rag.text.legacy.misread import Misread, is_vietnamese, words_of
from rag.text.legacy.orthography import with_capitals

_SUBSET = re.compile(r"\A[A-Z]{6}\+")
_NOT_LETTER = re.compile(r"[^a-z]")
_STYLE = re.compile(r"[,:-](?:bold|italic|oblique|regular|mt|ps|semi|roman|it\b|bd\b).*", re.I)

_LONGEST = 100
"""Characters of a font's name that are looked at. Chosen manually, not tuned."""

_SAMPLE = 200_000
"""Characters of the text in a font that are looked at. Chosen manually, not tuned."""


@lru_cache(maxsize=4096)
def font_encoding(font: str) -> Encoding | None:
    """Return the encoding of a font by its name; None for fonts in Unicode and unknown ones.

    >>> [found and found.name for found in map(font_encoding, ("ABCDEF+VNI-Times", ".VnTimeH"))]
    ['vni', 'tcvn3']
    >>> font_encoding("Vn Unicode Sans") is None
    True
    """
    name = _plain(font)
    if font[:_LONGEST].lstrip(" \"'\\").lower().startswith(".vn"):
        return next(known for known in ENCODINGS if known.name == "tcvn3")
    return next(
        (known for known in ENCODINGS if known.fonts and name.startswith(known.fonts)), None
    )


def shows_capitals(font: str) -> bool:
    """Tell whether a font of TCVN3 shows small letters as capitals: its name ends in H.

    >>> shows_capitals(".VnTimeH"), shows_capitals(".VnTime")
    (True, False)
    """
    return _plain(font).endswith("h")


def _plain(font: str) -> str:
    """Return the letters of a font's name, without those of its style."""
    name = _SUBSET.sub("", font[:_LONGEST].strip(" \"'"))
    return _NOT_LETTER.sub("", _STYLE.sub("", name).lower())


def by_fonts(parts: Sequence[tuple[str, str]]) -> list[str]:
    """Return what the parts of a document say, each set in one font.

    A font of an old encoding may be named where the text has long been in Unicode: all that is set
    in it decides.

    Args:
        parts: of each, the name of its font and its text.

    >>> by_fonts([(".VnTime", "Th«ng b¸o"), ("Arial", "Cà phê «Sáng»"), (".VnTimeH", "réng")])
    ['Thông báo', 'Cà phê «Sáng»', 'RỘNG']
    >>> by_fonts([("VNI-Times", "Thông báo mở cửa")])
    ['Thông báo mở cửa']
    """
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for font, text in parts:
        if font_encoding(font) is not None:
            texts[font].append(text)
    old = {font for font, of_font in texts.items() if not _is_unicode(" ".join(of_font), font)}
    return [_by_font(text, font) if font in old else text for font, text in parts]


def _by_font(text: str, font: str) -> str:
    if any(map(_is_beyond, text)):
        return text
    how = _how(font)
    capitals = how.encoding.name == "tcvn3" and shows_capitals(font)
    return how.decode(text).upper() if capitals else with_capitals(how.decode(text))


def _how(font: str) -> Misread:
    encoding = font_encoding(font)
    assert encoding is not None
    return Misread(encoding, VIEWS[0])


def _is_unicode(text: str, font: str) -> bool:
    """Tell whether text in a font of an old encoding is rather Vietnamese as it is."""
    how = _how(font)
    words = [word for word in words_of(text[:_SAMPLE]) if not word.isascii()]
    as_is = sum(map(is_vietnamese, words))
    return as_is > sum(is_vietnamese(how.decode(word)) for word in words)


def _is_beyond(character: str) -> bool:
    """Tell whether no Western encoding has a character."""
    return character > "\xff" and ord(character) not in VIEWS[0].bytes_of

"""Scripts of characters, and what Han characters say about a text."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

_ALSO_CHINESE = frozenset("邨衞羣峯牀麪鈎裏粧啓畑畠辻峠雫")
"""Common characters of Japanese that Chinese texts have too: forms that are written in Hong Kong,
and characters of Japanese family names. Chosen manually."""

_COMMON_KANJI = range(0xB0, 0xD0)
"""First bytes, in EUC-JP, of the first level of JIS X 0208: the characters in common use."""

_KANJI_SHARE = 0.1
"""Share of such characters among the Han characters of a text from which on it may be Japanese.
Chosen manually, not tuned."""


@lru_cache(maxsize=65536)
def script_of(character: str) -> str:
    """Return ``han``, ``kana``, ``hangul``, ``latin`` or ``other``; ``none`` for no letter."""
    point = ord(character)
    if 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF:
        return "han"
    if 0x3040 <= point <= 0x30FF or 0x31F0 <= point <= 0x31FF or 0xFF66 <= point <= 0xFF9D:
        return "kana"
    if 0xAC00 <= point <= 0xD7AF or 0x1100 <= point <= 0x11FF or 0x3130 <= point <= 0x318F:
        return "hangul"
    if not character.isalpha():
        return "none"
    is_latin = point < 0x0250 or 0x1E00 <= point <= 0x1EFF or 0xFF21 <= point <= 0xFF5A
    return "latin" if is_latin else "other"


def chinese_script(text: str) -> str:
    """Return ``Hant`` if a text has more characters of Big5 alone than of GB 2312 alone.

    Otherwise return ``Hans``. The two national standards hold the common characters of the two
    scripts.

    >>> chinese_script("聯合國大會"), chinese_script("联合国大会")
    ('Hant', 'Hans')
    """
    only = Counter(map(_standard, text))
    return "Hant" if only["big5"] > only["gb2312"] else "Hans"


def is_japanese_in_kanji(text: str) -> bool:
    """Tell whether a text without kana has Han characters as they are simplified in Japan.

    Such characters are in common use in Japanese (JIS X 0208, first level), and are in neither GB
    2312 nor Big5. A tenth of the characters has to be such, and they have to be more than those
    that JIS X 0208 lacks.

    >>> [is_japanese_in_kanji(text) for text in ("物価対策", "物价对策", "物價對策", "東京")]
    [True, False, False, False]
    """
    han = [character for character in text if script_of(character) == "han"]
    japanese = sum(_standard(character) == "jis" for character in han)
    if japanese < max(_KANJI_SHARE * len(han), 1):
        return False
    return japanese > sum(not _is_in(character, "shift_jis") for character in han)


@lru_cache(maxsize=65536)
def _standard(character: str) -> str:
    """Return which standard alone holds the character: ``gb2312``, ``big5`` or ``jis``.

    Return ``both`` if both Chinese ones hold it, and ``none`` if no standard does.
    """
    simplified, traditional = _is_in(character, "gb2312"), _is_in(character, "big5")
    if simplified and traditional:
        return "both"
    if simplified or traditional:
        return "gb2312" if simplified else "big5"
    return "jis" if _is_common_kanji(character) else "none"


def _is_common_kanji(character: str) -> bool:
    if character in _ALSO_CHINESE or not _is_in(character, "euc_jp"):
        return False
    encoded = character.encode("euc_jp")
    return len(encoded) == 2 and encoded[0] in _COMMON_KANJI


def _is_in(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True

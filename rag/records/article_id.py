"""The ids of articles: letters with their marks composed, and the other ways to write the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tamngu.records.stream_safe import stream_safe

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_MARKED = re.compile("[^\u0300-\u036f][\u0300-\u036f]+")
"""A letter with its marks, decomposed."""


def composed(text: str) -> str:
    r"""Return a text in NFC, in which a letter and its marks are one character where there is one.

    Names from macOS come decomposed (NFD), and look the same.

    >>> composed("tin-so\u0302\u0301") == "tin-số"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", stream_safe(text))


def same_ids(article_id: str) -> Sequence[str]:
    """Return the ids that look the same, the given one first.

    Ids are stored composed. Earlier versions stored them as they came: decomposed, as macOS writes
    names, or with the tone of a Vietnamese vowel behind it, as Windows' keyboard writes it.

    >>> len(same_ids("tin-số")), same_ids("news-1")
    (3, ['news-1'])
    """
    if article_id.isascii():
        return [article_id]
    decomposed = unicodedata.normalize("NFD", stream_safe(article_id))
    behind = _MARKED.sub(_with_tone_behind, decomposed)
    return list(dict.fromkeys((article_id, composed(article_id), decomposed, behind)))


def _with_tone_behind(letter: re.Match[str]) -> str:
    """Return a decomposed letter composed, but with its tones behind it."""
    bare = unicodedata.normalize("NFC", _TONES.sub("", letter[0]))
    return bare + "".join(_TONES.findall(letter[0]))

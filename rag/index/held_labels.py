"""The sources or tags that a collection has, and which of them a person means by a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text.chinese import simplified
from tamngu.records.stream_safe import stream_safe

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile("(?:[^\\W\\d_]|[\u0300-\u036f])+")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_INVISIBLE = re.compile("[\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ONE_LETTER = str.maketrans("ð", "đ")
"""Old Vietnamese texts write the Icelandic capital, which looks the same."""


@dataclass(frozen=True)
class HeldLabels:
    """The sources, or the tags, of the articles of one state of a collection.

    Attributes:
        names: all of them, each once.
        by_form: those that are written alike, by :func:`label_form`.
    """

    names: Sequence[str]
    by_form: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, names: Iterable[str]) -> HeldLabels:
        """Sort names by their forms."""
        by_form: dict[str, list[str]] = {}
        every = list(dict.fromkeys(names))
        for name in every:
            by_form.setdefault(label_form(name), []).append(name)
        return cls(every, by_form)

    def alike(self, name: str) -> Sequence[str]:
        """Return the names that are written like a given one."""
        return self.by_form.get(label_form(name), ())


@lru_cache(maxsize=1 << 16)
def label_form(label: str) -> str:
    """Return the form that two labels share if they are the same name, written differently.

    Case, full-width and half-width forms, white space, characters without width, the encoding of
    marks, the place of a Vietnamese syllable's tone mark and the script of Chinese make no
    difference. Diacritics do. Linear in the length of the label.

    >>> label_form("Báo  Hoà Bình") == label_form("BÁO HÒA BÌNH")
    True
    >>> label_form("人民網") == label_form("人民网")
    True
    """
    if label.isascii():
        return " ".join(label.lower().split())
    even = unicodedata.normalize("NFKC", _INVISIBLE.sub("", stream_safe(label))).casefold()
    if _HAN.search(even):
        even = simplified(even)
    decomposed = unicodedata.normalize("NFD", even.translate(_ONE_LETTER))
    moved = _WORD.sub(_with_tones_last, decomposed)
    return " ".join(unicodedata.normalize("NFC", moved).split())


def _with_tones_last(word: re.Match[str]) -> str:
    """Return a decomposed word with its tone marks at its end."""
    return _TONE.sub("", word[0]) + "".join(_TONE.findall(word[0]))

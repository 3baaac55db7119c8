"""Vietnamese in an encoding from before Unicode that was read as Western text, told by its letters.

A text is taken for such only if what it would become is Vietnamese, word by word, and what it is
now is not. Text in other languages, and Vietnamese in Unicode beside it, stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.data_files import toml_data
from rag.text.legacy.encodings import ENCODINGS, VIEWS, Encoding, View
from rag.text.legacy.orthography import with_capitals, with_horned_u
from rag.text.syllables import is_spelled_syllable, is_syllable
from tamngu.records.stream_safe import stream_safe

# All these numbers were chosen manually, from texts that we looked at; they are not tuned.
_SAMPLE = 200_000
"""Characters of a text that are looked at."""
_WORDS = 300
"""Different words that are looked at."""
_FEW = 5
"""Different words below which all of them must become Vietnamese."""
_LEAST = 3
"""Different words, and different letters in them that are not in ASCII, that a text must have."""
_BECOME = 0.8
"""Share of the words that must become Vietnamese."""
_COMMON = 0.5
"""Share of the words of a short text that must be common ones."""
_TOLD = 0.5
"""Share of the words that must become other letters of Vietnamese, and not only symbols."""
_BARE = 0.5
"""Share of the words in ASCII beside them that must be Vietnamese without diacritics too."""

_WORD = re.compile(r"[^ \t\n\r\x0b\x0c!-,./:-@\[-`{-~]+")
"""Words, digits and hyphens; controls, no-break spaces and quotation marks are letters in some
encodings."""
_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITAL_INSIDE = re.compile("[a-z][À-ÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ]")
_TELLING = re.compile("[^\x00-\x7f‘’‚“”„«»‹›–—…•·°©®™\xa0]")
"""Letters of a misread text. What is left out stands in texts of all languages, and is a letter in
some encodings: it is no evidence."""
_HIDDEN = re.compile(
    f"[^\x00-\xff{re.escape(''.join(chr(n) for each in VIEWS for n in each.bytes_of))}]"
)
"""What no byte is ever mistaken for."""
_NOT_BESIDE = frozenset(("Mn", "Sk", "Cc", "Co"))
"""Categories of Unicode of characters that do not stand beside the letters of a word: marks, and
what is not text."""


@dataclass(frozen=True)
class Misread:
    """How a text was misread.

    Attributes:
        encoding: what it is in.
        view: what it was taken for.
    """

    encoding: Encoding
    view: View

    def decode(self, text: str) -> str:
        """Return what a part of the text says."""
        text = self.encoding.decode(self.view.data(text))
        return with_horned_u(text) if self.encoding.name.startswith("tcvn") else text


def restored(text: str) -> str:
    """Return a text in Unicode: what was misread says again what it said.

    >>> restored("Héi ®ång nh©n d©n häp s¸ng thø hai. Mçi n¨m cã hai kú häp th­êng lÖ.")
    'Hội đồng nhân dân họp sáng thứ hai. Mỗi năm có hai kỳ họp thường lệ.'
    """
    return text if text.isascii() else "\n".join(restored_parts(text.split("\n")))


def restored_parts(parts: Sequence[str]) -> list[str]:
    """Return the parts of a text in Unicode, such as its lines; each is decided by itself."""
    found = misread(parts)
    return [*parts] if found is None else [restored_part(part, found) for part in parts]


def restored_part(part: str, found: Misread) -> str:
    """Return a part of a text that was misread; a part in another language stays."""
    words = {word for word in words_of(part) if not word.isascii()}
    strange = {word for word in words if _is_shown(word) and not is_vietnamese(word)}
    told = {word: _told(word, found) for word in strange}
    if not all(_is_shown(word, [found.view]) for word in words):
        # Unicode stands beside it in the same line.
        return _WORD.sub(
            lambda word: found.decode(word[0]) if told.get(word[0]) else word[0],
            part,
        )
    good, bad = (list(told.values()).count(each) for each in (True, False))
    if not good or bad > good:
        return part
    return with_capitals(found.decode(part))


def misread(parts: Iterable[str]) -> Misread | None:
    """Return how a text was misread; None if it was not, or if that cannot be told."""
    words, beside = _sample(parts)
    letters = {letter for word in words for letter in _TELLING.findall(word)}
    if len(words) < _LEAST or len(letters) < _LEAST:
        return None
    # Names, which have capitals, may be of any language.
    plain = [word for word in beside if word.islower()]
    if sum(map(is_syllable, plain)) < _BARE * len(plain):
        return None
    best, most = None, 0
    for encoding in ENCODINGS:
        for view in VIEWS:
            if view.name == encoding.name:
                continue
            how = Misread(encoding, view)
            told = [_told(word, how) for word in words]
            good, bad = told.count(True), told.count(False)
            least = good + bad if good + bad < _FEW else _BECOME * (good + bad)
            if good < max(least, _LEAST, _TOLD * len(words)):
                continue
            # The words of a short text may be syllables in several encodings.
            common = sum(map(_is_common, map(how.decode, words)))
            if good < _FEW and common < _COMMON * good:
                continue
            if (score := good - bad + common) > most:
                best, most = how, score
    return best


def _is_common(word: str) -> bool:
    return word.lower() in _common_syllables()


@cache
def _common_syllables() -> frozenset[str]:
    return frozenset(toml_data("rag.text.legacy", "common_syllables.toml")["syllables"].split())


def _sample(parts: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return strange words of a text, and the words in ASCII that stand in parts with them."""
    strange: set[str] = set()
    beside: set[str] = set()
    left = _SAMPLE
    for part in parts:
        if part.isascii():
            continue
        words = words_of(part[:left])
        left -= len(part)
        new = {
            word
            for word in words
            if _TELLING.search(word) and not _HIDDEN.search(word) and not is_vietnamese(word)
        }
        if new:
            strange |= new
            beside.update(word for word in words if word.isascii() and word.isalpha())
        if left <= 0 or len(strange) >= _WORDS:
            break
    return strange, beside


def words_of(text: str) -> list[str]:
    """Return the words of a text, as bytes of an old encoding would make them."""
    return _WORD.findall(text)


def is_vietnamese(word: str) -> bool:
    """Tell whether the letters of a word that are not in ASCII are of syllables with diacritics."""
    return _read(unicodedata.normalize("NFC", stream_safe(word))) is True


def _told(word: str, how: Misread) -> bool | None:
    """Tell whether a word becomes Vietnamese; None if it becomes nothing but symbols."""
    return _read(how.decode(word))


def _read(text: str) -> bool | None:
    """Tell whether a text is of Vietnamese syllables; None if all its letters are in ASCII."""
    syllables = [found for found in _LETTERS.findall(text) if not found.isascii()]
    if not syllables:
        return None
    rest = _LETTERS.sub("", text)
    if any(unicodedata.category(other) in _NOT_BESIDE for other in rest if not other.isascii()):
        return False
    return all(not _CAPITAL_INSIDE.search(each) for each in syllables) and all(
        map(is_spelled_syllable, map(str.lower, syllables))
    )


def _is_shown(word: str, views: Sequence[View] = VIEWS) -> bool:
    """Tell whether all characters of a word can be what bytes were mistaken for."""
    return all(
        character <= "\xff" or any(ord(character) in view.bytes_of for view in views)
        for character in word
    )

"""A text prepared for the search for names: its words, and which of them may belong to one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.text.chinese import simplified

_MAX_CAPITALS = 3
"""Words of a text in capitals; in a longer one capitals do not show what is a name. Chosen
manually, not tuned."""

_MAX_READ = 200
"""Characters of a word that are read; no word of a name is so long. What is remembered of words
stays small."""

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAS_HAN = re.compile(f"[{_HAN}]")
_UNITS = re.compile(rf"[{_HAN}]|(?:[^\W_{_HAN}]+[\u0300-\u036f]*)+")

# What may stand between two words of a name, and between its Han characters.
_BETWEEN_WORDS = re.compile(r"[ .,'’&/·\-‐-―]{1,3}")
_BETWEEN_HAN = re.compile(r"[·•・‧(\-‐-―]?")

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_NO_MARK_TO_REMOVE = str.maketrans("đðøłı", "ddoli")


@dataclass(frozen=True)
class Unit:
    """A word or a Han character.

    Attributes:
        written: as the text has it.
        word: in lower case, with its tone mark at its end.
        bare: in lower case without diacritics.
        start: offset of the first character.
        end: offset behind the last character.
    """

    written: str
    word: str
    bare: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether the word begins with a capital."""
        return self.written[0].isupper()


@dataclass(frozen=True)
class NameText:
    """A text as words and Han characters.

    Attributes:
        units: the words and characters, in order.
        joined: for each unit, whether it can belong to the same name as the unit before it.
        marked: whether a word of the text has diacritics.
        headline: whether the whole text is in capitals.
    """

    units: Sequence[Unit]
    joined: Sequence[bool]
    marked: bool
    headline: bool


def read_text(text: str) -> NameText:
    """Return the words and Han characters of a text; Traditional characters become Simplified."""
    text = unicodedata.normalize("NFKC", text)
    han = _HAS_HAN.search(text) is not None
    if han:
        text = simplified(text)
    units = [_unit(match) for match in _UNITS.finditer(text)]
    joined = [False, *(_is_joined(text, left, right) for left, right in pairwise(units))]
    return NameText(
        units,
        joined,
        marked=any(unit.word != unit.bare for unit in units),
        headline=len(units) > _MAX_CAPITALS and not han and text.isupper(),
    )


def _unit(match: re.Match[str]) -> Unit:
    written = match[0]
    word, bare = _word(written[:_MAX_READ])
    return Unit(written, word, bare, match.start(), match.end())


def _is_joined(text: str, left: Unit, right: Unit) -> bool:
    words = not (_HAS_HAN.match(left.written) or _HAS_HAN.match(right.written))
    between = _BETWEEN_WORDS if words else _BETWEEN_HAN
    return between.fullmatch(text, left.end, right.start) is not None


@lru_cache(maxsize=1 << 14)
def _word(written: str) -> tuple[str, str]:
    """Return a word in lower case with its tone mark at its end, and without diacritics."""
    word = written.casefold()
    if word.isascii():
        return word, word
    decomposed = unicodedata.normalize("NFKD", word)
    tones = "".join(_TONES.findall(decomposed))
    even = unicodedata.normalize("NFC", _TONES.sub("", decomposed) + tones)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return even, unicodedata.normalize("NFC", bare.translate(_NO_MARK_TO_REMOVE))


@lru_cache(maxsize=1 << 14)
def words_of(form: str) -> tuple[str, ...]:
    """Return the words of a name's form, in lower case."""
    return tuple(unit.word for unit in read_text(form).units)

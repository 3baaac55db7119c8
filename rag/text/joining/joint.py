"""What stands between two lines once they are one: a space, nothing, or less than a hyphen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.text.joining.scripts import HAN

_IS_HAN = re.compile(f"[{HAN}]")
_WIDE_MARK = re.compile("[\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff65]")
_MARK = re.compile("[“”‘’—…·]")
"""Marks that are as wide as Han characters only among these."""

_HYPHENATED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u2010\u00ad]$")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_LONGEST_WORD = 200
"""Characters at the end of a line in which a word with a hyphen is looked for."""

_MIN_DIVIDED, _MIN_DIVIDED_SHARE = 3, 0.02
"""Hyphens at line ends, and their share of the lines, from which on a text is taken to divide
words. Chosen manually, not tuned: books whose lines end with whole words have some of the first."""

_HAN_LATIN = re.compile(
    r"[\u3400-\u9fff](?P<space>[ ]?)[A-Za-z]|[A-Za-z](?P<other>[ ]?)[\u3400-\u9fff]"
)


@dataclass(frozen=True)
class Habits:
    """How a text writes what may stand at a line end.

    Attributes:
        words: all its words; parts around a line end are among them as they stand.
        divides_words: whether a hyphen at a line end that is before a small letter is there
            because of the line end, if the words do not tell.
        spaced: whether Latin letters have a space between them and Han characters.
    """

    words: frozenset[str]
    divides_words: bool = True
    spaced: bool = True


def habits_of(lines: Iterable[str]) -> Habits:
    """Return the habits of a text that has these lines."""
    words: set[str] = set()
    count = divided = spaced = close = 0
    for line in lines:
        count += 1
        words.update(WORD.findall(line))
        divided += line.endswith(("-", "\u2010", "\u00ad"))
        for match in _HAN_LATIN.finditer(line):
            if match["space"] or match["other"]:
                spaced += 1
            else:
                close += 1
    divides = divided >= _MIN_DIVIDED and divided >= _MIN_DIVIDED_SHARE * count
    return Habits(frozenset(words), divides, spaced > close)


def joint(before: str, after: str, habits: Habits) -> tuple[str, bool]:
    """Return the text between two lines, and whether the hyphen before it is removed.

    Args:
        before: a line that goes on in the next one; not empty.
        after: the next line; not empty.
        habits: of the text.

    >>> known = Habits(frozenset({"water", "level"}))
    >>> joint("the reser-", "voir", known), joint("水库2026", "年开工", known)
    (('', True), ('', False))
    """
    # Looked for from each letter on: in a whole line that would be the square of its length.
    ends = before[-_LONGEST_WORD:] if before.endswith(("-", "\u2010", "\u00ad")) else ""
    hyphenated = _HYPHENATED.search(ends)
    if hyphenated and after[0].isalnum():
        word = WORD.match(after)
        if before.endswith("\u00ad"):
            return "", True
        if word is None or not after[0].islower() or "-" in hyphenated[1]:
            return "", False
        return "", _is_divided(hyphenated[1], word[0], habits)
    if before.endswith(("—", "--")):
        return "", False
    beside = (before[-1], after[0])
    if any(_WIDE_MARK.match(end) for end in beside):
        return "", False
    han = [end for end in beside if _IS_HAN.match(end)]
    rest = [end for end in beside if end not in han]
    close = han and all(
        end.isdigit() or end in "%)(" or _MARK.match(end) or (end.isalpha() and not habits.spaced)
        for end in rest
    )
    return ("" if close else " "), False


def _is_divided(first: str, second: str, habits: Habits) -> bool:
    """Tell whether two parts are one word that only the line end divided."""
    whole, parted = first + second, f"{first}-{second}"
    if whole in habits.words or parted in habits.words:
        return whole in habits.words or parted not in habits.words
    return habits.divides_words

"""The main text of a page, in which blocks of the page are looked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_NOT_LETTERS = re.compile(r"[\W_]+")

_MIN_SOUGHT = 25
"""Letters from which on a block is looked for within lines; shorter ones have to be whole lines."""

_MIN_WITHIN = 10
"""The same for a block that may stand anywhere."""

_WINDOW = 30_000
"""Letters of the main text, from the last block that was found, in which a block is looked for.
The work then grows with the number of blocks, whatever the length of the text."""

_NEAR = 300
"""Letters behind the last block that was found in which a block of few letters is looked for."""

_EDGE = 16
"""Letters at the beginning and at the end of a block; if they are found, the block is in the main
text, although something within it may not be."""

_MAX_ANYWHERE = 20_000_000
"""Letters that are looked through for blocks that may stand anywhere in the main text; some 10 ms.
What is not looked for any more counts as being there."""


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case.

    >>> letters("Hà Nội – 3/8")
    'hànội38'
    """
    return _NOT_LETTERS.sub("", text).casefold()


@dataclass(frozen=True)
class Place:
    """Where a block is in a main text.

    Attributes:
        first: the line in which it begins.
        last: the line in which it ends.
        start: its first letter, among the letters of the text.
        end: the letter behind its last one.
    """

    first: int
    last: int
    start: int
    end: int


class MainText:
    """The letters of a main text, in which blocks are looked for."""

    def __init__(self, text: str) -> None:
        """Divide a text into lines.

        Args:
            text: the main text.
        """
        self.lines = text.split("\n")
        self._starts: list[int] = []
        self._whole: dict[str, list[int]] = {}
        pieces: list[str] = []
        so_far = 0
        for place, line in enumerate(self.lines):
            piece = letters(line)
            self._starts.append(so_far)
            self._whole.setdefault(piece, []).append(place)
            pieces.append(piece)
            so_far += len(piece)
        self._letters = "".join(pieces)
        self._cursor = 0
        self._looked = 0

    def next(self, block: str) -> Place | None:
        """Return where a block is, the next place after the last block that was found.

        Args:
            block: its letters.
        """
        if len(block) < _MIN_SOUGHT:
            return self._short(block)
        end = self._cursor + _WINDOW + len(block)
        found = self._letters.find(block, self._cursor, end)
        if found < 0:
            found = self._by_edges(block, end)
        if found < 0:
            return None
        self._cursor = found + len(block)
        return self._place(found, self._cursor)

    def _short(self, block: str) -> Place | None:
        """Return the place of a block of few letters: near the last that was found, or a line."""
        if not block:
            return None
        found = self._letters.find(block, self._cursor, self._cursor + _NEAR)
        if found < 0:
            whole = self._whole.get(block, [])
            at = bisect_right(whole, self._line(self._cursor) - 1)
            if at == len(whole):
                return None
            found = self._starts[whole[at]]
        return self._place(found, found + len(block))

    def _place(self, start: int, end: int) -> Place:
        return Place(self._line(start), self._line(end - 1), start, end)

    def _line(self, letter: int) -> int:
        return bisect_right(self._starts, letter) - 1

    def start_of(self, line: int) -> int:
        """Return the index of the first letter of a line among the letters of the text."""
        return self._starts[line]

    def has(self, block: str) -> bool:
        """Tell whether a block is anywhere in the text.

        Args:
            block: its letters.
        """
        if block in self._whole:
            return True
        self._looked += len(self._letters)
        if self._looked > _MAX_ANYWHERE:
            return True
        return len(block) >= _MIN_WITHIN and block in self._letters

    def _by_edges(self, block: str, end: int) -> int:
        """Return where a block begins of which something is missing in the text; -1 if nowhere."""
        if len(block) < 3 * _EDGE:
            return -1
        found = self._letters.find(block[:_EDGE], self._cursor, end)
        if found < 0:
            return -1
        behind = self._letters.find(block[-_EDGE:], found, found + len(block) + _EDGE)
        return found if behind >= 0 else -1

"""The parts of a PDF's pages: runs of characters, rows, lines and columns.

Lengths are in points, unless they are said to be in ems: an em is the size of the type. The y axis
points up, so that text runs from high baselines to low ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rag.text.joining.scripts import HAN as HAN

# These numbers were chosen manually, from pages that we looked at; they are not tuned.
_MIN_SPACE = 0.2
"""Gap between two runs, in ems, from which on it is a space."""
_MIN_CELL_GAP = 1.0
"""Smallest gap between the cells of a table, in ems; spaces in justified lines are rarely so
wide."""


@dataclass(frozen=True)
class Part:
    """Characters of one font beside each other.

    Attributes:
        font: its name, as the file has it.
        text: the characters; U+FFFD for a control character that stands for some glyph.
        unmapped: how many of them are only the codes of glyphs, because the font has no map.
    """

    font: str
    text: str
    unmapped: int = 0


@dataclass(frozen=True)
class TextRun:
    """Characters of one size on one baseline; a space before them is part of the run.

    Attributes:
        text: of all parts.
        left: x coordinate at which it begins, as right is where it ends.
        right: see there.
        baseline: its y coordinate.
        size: of the type.
        parts: the text by fonts.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Row:
    """Runs side by side, from left to right; the size is that of the largest type."""

    runs: tuple[TextRun, ...]
    baseline: float
    size: float

    @property
    def left(self) -> float:
        """The x coordinate at which the row begins."""
        return self.runs[0].left

    @property
    def right(self) -> float:
        """The x coordinate at which the row ends."""
        return max(run.right for run in self.runs)

    @property
    def text(self) -> str:
        """The text of the runs, with a space for each gap between them."""
        text = self.runs[0].text.lstrip()
        for before, run in pairwise(self.runs):
            gap = run.left - before.right > _MIN_SPACE * max(before.size, run.size)
            text += run.text if not gap or run.text.startswith(" ") else " " + run.text
        return text

    @property
    def cells(self) -> int:
        """The number of pieces with gaps between them like those of a table's cells."""
        gaps = (run.left - before.right for before, run in pairwise(self.runs))
        return 1 + sum(gap > _MIN_CELL_GAP * self.size for gap in gaps)


@dataclass(frozen=True)
class Line:
    """A line of a column.

    Attributes:
        text: of the line.
        page: index of the page.
        left: x coordinate at which it begins.
        right: x coordinate at which it ends.
        baseline: its y coordinate.
        size: of most of its characters.
        cells: number of pieces with gaps between them like those of a table's cells.
    """

    text: str
    page: int
    left: float
    right: float
    baseline: float
    size: float
    cells: int


@dataclass(frozen=True)
class Column:
    """Lines below each other, and the x coordinates between which they all are."""

    lines: tuple[Line, ...]
    left: float
    right: float

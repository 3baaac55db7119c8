"""What stands on a PDF's pages: runs of characters, rows and lines of them, and columns.

Lengths are in points, or in ems where it says so: an em is the size of the type. The y axis points
up, so that text runs from high baselines to low ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

HAN = (
    "\u2e80-\u2fdf\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
"""Han characters, and punctuation as wide as they are."""

# By hand, from pages looked at.
_SPACE = 0.2
"""Ems between two runs from which on there is a space."""
_CELL_GAP = 1.0
"""Ems between a table's cells at least; spaces in justified lines are rarely that wide."""


@dataclass(frozen=True)
class Run:
    """Characters of one size on one baseline; a space before them counts as one of them."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(frozen=True)
class Row:
    """Runs side by side, from left to right; size: of its largest type."""

    runs: tuple[Run, ...]
    baseline: float
    size: float

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.runs[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(run.right for run in self.runs)

    @property
    def text(self) -> str:
        """Its runs with spaces where there is space between them."""
        text = self.runs[0].text.lstrip()
        for before, run in pairwise(self.runs):
            gap = run.left - before.right > _SPACE * max(before.size, run.size)
            text += run.text if not gap or run.text.startswith(" ") else " " + run.text
        return text

    @property
    def cells(self) -> int:
        """How many pieces it has that are set apart as a table's cells are."""
        gaps = (run.left - before.right for before, run in pairwise(self.runs))
        return 1 + sum(gap > _CELL_GAP * self.size for gap in gaps)


@dataclass(frozen=True)
class Line:
    """A line of a column; page: its index; size: of most of its characters."""

    text: str
    page: int
    left: float
    right: float
    baseline: float
    size: float
    cells: int


@dataclass(frozen=True)
class Column:
    """Lines below each other, and where the longest of them begin and end."""

    lines: tuple[Line, ...]
    left: float
    right: float

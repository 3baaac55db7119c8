"""Rows of Word's tables, each in one line that says what it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.word.names import attribute, child, number, switch, value
from rag.readers.word.runs import content

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_SPAN = 1000
"""Columns that a cell spans, at most; Word's tables have up to 63."""

_MAX_REPEATED = 300
"""Characters of a cell that spans rows, up to which its text is on each row; and of the cells
beside a table in a cell, up to which they are on each of its rows. Chosen manually, not tuned: such
cells name what is in their rows."""


@dataclass(frozen=True)
class Cell:
    """What a cell holds.

    Attributes:
        text: its paragraphs, in one line.
        lines: the rows of the tables in it.
    """

    text: str
    lines: tuple[str, ...] = ()


def table_rows(table: _Element) -> list[_Element]:
    """Return the rows of a table that are neither hidden nor taken away by tracked changes."""
    return [row for row in content(table, "tr") if not _is_unseen(child(row, "trPr"))]


def row_cells(row: _Element) -> list[_Element]:
    """Return the cells of a row that tracked changes have not taken away."""
    return [
        cell
        for cell in content(row, "tc")
        if child(cell, "tcPr", "cellDel") is None and not goes_on(cell, "hMerge")
    ]


def table_lines(rows: list[_Element], read: Callable[[_Element], Cell]) -> Iterator[str]:
    """Yield the lines of a table; text of a cell that spans rows is on each of them.

    The rows of a table in a cell are lines of their own, behind the other cells of that row.

    Args:
        rows: of the table.
        read: returns what a cell holds.
    """
    above: dict[int, str] = {}
    for row in rows:
        column = min(max(number(value(row, "trPr", "gridBefore")) or 0, 0), _MAX_SPAN)
        cells: list[Cell] = []
        for element in row_cells(row):
            if goes_on(element, "vMerge"):
                cell = Cell(above.get(column, ""))
            else:
                cell = read(element)
                above[column] = cell.text if len(cell.text) <= _MAX_REPEATED else ""
            cells.append(cell)
            span = number(value(element, "tcPr", "gridSpan")) or 1
            column += min(max(span, 1), _MAX_SPAN)
        yield from _lines(cells)


def goes_on(cell: _Element, merge: str) -> bool:
    """Tell whether a cell belongs to the one above (``vMerge``) or before (``hMerge``)."""
    found = child(cell, "tcPr", merge)
    return found is not None and (attribute(found, "val") or "continue") == "continue"


def _is_unseen(row: _Element | None) -> bool:
    is_gone = any(child(row, each) is not None for each in ("del", "moveFrom"))
    return is_gone or bool(switch(row, "hidden"))


def _lines(cells: list[Cell]) -> Iterator[str]:
    """Yield the lines of one row."""
    head = " | ".join(cell.text for cell in cells if cell.text)
    inner = [line for cell in cells for line in cell.lines]
    named = [bool(head) and len(head) + len(line) <= 2 * _MAX_REPEATED for line in inner]
    if head and not any(named):
        yield head
    for line, is_named in zip(inner, named, strict=True):
        yield f"{head} | {line}" if is_named else line

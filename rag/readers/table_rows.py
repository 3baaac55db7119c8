"""Rows of tables that stand for themselves: with the cells that span them and their columns' names.

A row is quoted without the rows around it. So the text of a cell that spans rows is in each of
them, and each cell says what its column is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_COLUMNS = 100
"""Columns in which cells span rows. Chosen manually, not tuned."""

_MAX_REPEATED = 300
"""Characters of a cell that spans rows, up to which its text is in each row. Chosen manually, not
tuned: such cells name what is in their rows."""

_MAX_ADDED = 500_000
"""Characters that are added to a table, repeated cells and names of columns together. Chosen
manually, not tuned: spans and names are what hostile tables grow by."""

_MAX_NAME = 40
"""Characters of a column's name, up to which its cells are given it. Chosen manually, not tuned."""

_HAN = ("\u3400", "\u9fff")


@dataclass(frozen=True)
class Cell:
    """A cell as it is written.

    Attributes:
        text: in one line.
        rows: that it spans, from 1; 0 for all that follow, as in HTML.
        columns: that it spans, from 1.
    """

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Placed:
    """A cell in a row.

    Attributes:
        text: in one line.
        column: its first one, from 0.
        columns: that it spans.
        number: of the cell in its own row, from 0; None where it began in a row above.
    """

    text: str
    column: int
    columns: int
    number: int | None


def placed(rows: Sequence[Sequence[Cell]]) -> list[list[Placed]]:
    """Return the cells of each row, with those that span it from above.

    >>> rows = placed([[Cell("Bus 3", rows=2), Cell("6:10")], [Cell("7:00")]])
    >>> [[cell.text for cell in row] for row in rows]
    [['Bus 3', '6:10'], ['Bus 3', '7:00']]
    """
    left = _MAX_ADDED
    found: list[list[Placed]] = []
    above: dict[int, tuple[int, Cell]] = {}
    for row in rows:
        here: list[Placed] = []
        column = 0
        waiting = iter(enumerate(row))
        own = next(waiting, None)
        spanning: dict[int, tuple[int, Cell]] = {}
        while column < MAX_COLUMNS and (own is not None or column <= max(above, default=-1)):
            if column in above:
                rest, cell = above.pop(column)
                number = None
                repeats = len(cell.text) <= min(_MAX_REPEATED, left)
                left -= len(cell.text) if repeats else 0
                text = cell.text if repeats else ""
            elif own is not None:
                number, cell = own
                text = cell.text
                own = next(waiting, None)
                rest = (cell.rows if cell.rows > 0 else len(rows)) - 1
            else:
                column += 1
                continue
            columns = max(1, min(cell.columns, MAX_COLUMNS - column))
            here.append(Placed(text, column, columns, number))
            if rest > 0:
                spanning[column] = (rest - 1, cell) if number is None else (rest, cell)
            column += columns
        if own is not None:
            rest_of_row = [own, *waiting]
            here += [Placed(cell.text, column + i, 1, n) for i, (n, cell) in enumerate(rest_of_row)]
        above = {place: (rest, cell) for place, (rest, cell) in spanning.items() if rest > 0}
        found.append(here)
    return found


def column_names(heads: Sequence[Sequence[Placed]]) -> dict[int, str]:
    """Return the names of columns, by their numbers; of several rows of heads, one behind another.

    Columns whose names are too long are left out. There are none if only one column has a name.
    """
    parts: dict[int, dict[str, None]] = {}
    for row in heads:
        for cell in row:
            for column in range(cell.column, cell.column + cell.columns):
                if cell.text:
                    parts.setdefault(column, {})[cell.text] = None
    names = {column: " ".join(texts) for column, texts in parts.items()}
    if len(names) < 2:
        return {}
    return {column: name for column, name in names.items() if len(name) <= _MAX_NAME}


def label(cell: Placed, names: Mapping[int, str]) -> str:
    """Return what stands before a cell's text: the name of its column and a colon, or nothing."""
    name = names.get(cell.column, "").rstrip(":： ")
    if not name or not cell.text or cell.columns > 1 or cell.text.startswith(name):
        return ""
    return f"{name}：" if _HAN[0] <= name[-1] <= _HAN[1] else f"{name}: "


def added(rows: Sequence[Sequence[Placed]], names: Mapping[int, str]) -> int:
    """Return how many characters the names of columns add to rows."""
    return sum(len(label(cell, names)) for row in rows for cell in row)


def row_lines(rows: Sequence[Sequence[Cell]], heads: int = 0) -> list[str]:
    """Return the rows of a table as lines; a cell that is empty is left out.

    Args:
        rows: the cells as they are written.
        heads: how many of the first rows name the columns.

    >>> row_lines([[Cell("Line"), Cell("First")], [Cell("3"), Cell("6:10")]], 1)
    ['Line | First', 'Line: 3 | First: 6:10']
    """
    found = placed(rows)
    names = column_names(found[:heads])
    if added(found[heads:], names) > _MAX_ADDED:
        names = {}
    lines = []
    for number, row in enumerate(found):
        given = names if number >= heads else {}
        texts = (f"{label(cell, given)}{cell.text}" for cell in row if cell.text)
        lines.append(" | ".join(texts))
    return [line for line in lines if line]

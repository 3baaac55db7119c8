"""Tables of pages, whose rows are made to stand for themselves; see :mod:`rag.readers.table_rows`.

Tables that only place things beside one another stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.pages.elements import children, elements, line_of, new_element, new_text
from rag.readers.table_rows import Cell, Placed, added, column_names, label, placed

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree

HAS_TABLES = re.compile(r"<t[dh][\s/>]", re.IGNORECASE)
"""Found in pages that have tables."""

_MAX_CELL = 500
"""Characters of a cell of a table that is read as one. Chosen manually, not tuned: cells of tables
that place things hold whole articles."""

_MAX_INNER = 10
"""Tables in the cells of a table that is read as one. Chosen manually, not tuned."""

_MAX_HEADS = 3
"""Rows of heads that a table has at most. Chosen manually, not tuned."""

_MAX_NAMES = 500_000
"""Characters of names of columns that are added to one page. Chosen manually, not tuned."""

_SPAN = re.compile(r"(?<!\s)\s*+(\d{1,6})")


@dataclass(frozen=True)
class _Row:
    """A row: its element, its cells, and whether all of them are heads."""

    element: ElementNode
    cells: tuple[ElementNode, ...]
    is_head: bool


def complete_rows(tree: HTMLTree, *, apart: bool) -> None:
    """Give each row the cells that span it, and each cell the name of its column.

    Args:
        tree: the page, as :func:`rag.readers.pages.page_tree.page_tree` returns it.
        apart: whether cells become lines with marks between them, for those who take the text of
            rows as they find it.
    """
    left = _MAX_NAMES
    inner: Counter[int] = Counter()
    tables = elements(tree, "table")
    numbers = {table: number for number, table in enumerate(tables)}
    # The inner tables first.
    for number, table in reversed([*enumerate(tables)]):
        parent = table.parent_element
        around = parent.closest("table") if parent is not None else None
        if around is not None:
            inner[numbers[around]] += inner[number] + 1
        rows = [*_rows(table)]
        if not _may_be_data(rows, inner[number]):
            continue
        if inner[number]:
            _flatten(tree, table)
        texts = [[_text(tree, cell) for cell in row.cells] for row in rows]
        if any(len(text) > _MAX_CELL for row in texts for text in row):
            continue
        found = placed(
            [
                [_cell(cell, text) for cell, text in zip(row.cells, some, strict=True)]
                for row, some in zip(rows, texts, strict=True)
            ]
        )
        heads = _heads(rows, texts)
        names = column_names(found[:heads])
        left -= added(found[heads:], names)
        if left < 0:
            return
        for place, (row, cells) in enumerate(zip(rows, found, strict=True)):
            _complete(tree, row, cells, names if place >= heads else {}, apart=apart)


def _rows(table: ElementNode) -> Iterator[_Row]:
    """Yield the rows of a table, without those of tables in it."""
    for part in children(table):
        grouped = part.tag in ("thead", "tbody", "tfoot")
        for row in children(part) if grouped else (part,):
            if row.tag == "tr":
                cells = tuple(cell for cell in children(row) if cell.tag in ("td", "th"))
                heads = all(cell.tag == "th" for cell in cells) or part.tag == "thead"
                yield _Row(row, cells, heads)


def _may_be_data(rows: list[_Row], inner: int) -> bool:
    """Tell whether a table has two rows or more, some cells beside others, and few tables in it.

    Tables in tables mostly place things, unless the outer one has heads.
    """
    if len(rows) < 2 or max(len(row.cells) for row in rows) < 2 or inner > _MAX_INNER:
        return False
    return not inner or (rows[0].is_head and len(rows[0].cells) > 1)


def _flatten(tree: HTMLTree, table: ElementNode) -> None:
    """Make text of the tables in the cells of a table."""
    for part in [*table.query_selector_all("table")][::-1]:
        lines = (
            " ".join(line_of(cell) for cell in children(row))
            for row in part.query_selector_all("tr")
        )
        part.replace_with(new_text(tree, " " + "; ".join(filter(None, lines))))


def _text(tree: HTMLTree, cell: ElementNode) -> str:
    """Return the text of a cell in one line; a space is put between its blocks."""
    if cell.first_element_child is not None:
        for block in cell.query_selector_all("br, p, div, li"):
            block.before(new_text(tree, " "))
    return line_of(cell)


def _heads(rows: list[_Row], texts: list[list[str]]) -> int:
    """Return how many of the first rows name the columns; 0 if all do, or none."""
    count = 0
    while count < len(rows) and rows[count].is_head and len(rows[count].cells) > 1:
        count += 1
    if 0 < count <= _MAX_HEADS and count < len(rows):
        return count
    if count == 0 and _is_bold(rows[0], texts[0]) and not _is_bold(rows[1], texts[1]):
        return 1
    return 0


def _is_bold(row: _Row, texts: list[str]) -> bool:
    """Tell whether all text of a row is bold."""
    if len(row.cells) < 2 or not all(texts):
        return False
    for cell, text in zip(row.cells, texts, strict=True):
        bold = cell.query_selector("[data-bold]")
        if bold is None or line_of(bold) != text:
            return False
    return True


def _cell(element: ElementNode, text: str) -> Cell:
    return Cell(text, _span(element, "rowspan"), _span(element, "colspan") or 1)


def _span(cell: ElementNode, name: str) -> int:
    found = _SPAN.match(cell.getattr(name) or "")
    return int(found[1]) if found else 1


def _complete(
    tree: HTMLTree, row: _Row, cells: list[Placed], names: dict[int, str], *, apart: bool
) -> None:
    """Write the cells of a row into its element."""
    written = 0
    for place in cells:
        before = " | " if apart and written and place.text else ""
        before += label(place, names)
        written += bool(place.text)
        if place.number is None:
            _insert(row, cells, place, new_element(tree, "td", before + place.text))
            continue
        element = row.cells[place.number]
        for span in ("rowspan", "colspan"):
            element.delattr(span)
        if apart:
            element.replace_children(new_text(tree, before + place.text))
        elif before:
            element.prepend(new_text(tree, before))


def _insert(row: _Row, cells: list[Placed], place: Placed, element: ElementNode) -> None:
    """Insert a cell before the first own cell that is to its right."""
    right = next(
        (c.number for c in cells if c.number is not None and c.column > place.column), None
    )
    if right is None:
        row.element.append_child(element)
    else:
        row.element.insert_before(element, row.cells[right])

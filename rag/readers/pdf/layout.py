"""From runs of characters on pages to rows, and to columns of lines in reading order.

Lengths are in points, unless they are said to be in ems: an em is the size of the type. The y axis
points up, so that text runs from high baselines to low ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from rag.readers.pdf.lines import Column, Line, Row, TextRun

# All these numbers were chosen manually, from pages that we looked at; they are not tuned.
_SAME_ROW = 0.6
"""Largest distance of the baselines in one row, in ems of the smaller type."""
_SIDE_BY_SIDE = 0.95
"""Largest distance of the baselines of two rows that are side by side, in ems."""
_MIN_GUTTER = 0.7
"""Smallest gap between columns, in ems; LaTeX has 1."""
_WIDE_GUTTER = 1.5
"""Gap between columns, in ems, from which on two rows are enough to recognise them; else three."""
_MIN_COLUMN = 10
"""Smallest width of a column of text, in ems; columns of tables are narrower."""
_MIN_FILLED = 0.6
"""Smallest share of a column's width that its lines fill; lines of a table fill less."""
_MAX_DEPTH = 12
"""How often a part of a page is cut into columns again."""
_MAX_GUTTERS = 8
"""Gutters that are tried in each part of a page."""
LARGE_GAP = 1.3
"""Ratio to the usual distance of lines, from which on a gap begins a paragraph."""
OTHER_SIZE = 1.15
"""Ratio of two sizes from which on they differ; typewriter faces are up to a tenth smaller."""
_EDGE_ROWS = 3
"""Rows at the top and at the bottom of a page that can be headers and footers."""
_MIN_RUNNING_PAGES = 3
"""Pages on which a header or a footer is, at least."""

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"[-–—·|\s]*(?:page|trang|tr\.|p\.)?\s*{_NUMBER}(?:\s*(?:/|of|trên|\|)\s*\d{{1,4}})?[-–—·|\s]*"
    r"|第\s*\d{1,4}\s*[页頁](?:\s*[,，/／]?\s*共\s*\d{1,4}\s*[页頁])?",
    re.IGNORECASE,
)
_LONGEST_PAGE_NUMBER = 48
"""Characters. The work of the pattern grows with the square of the spaces and hyphens."""


def rows_of(runs: Sequence[TextRun]) -> list[Row]:
    """Return runs as rows, from top to bottom."""
    rows: list[list[TextRun]] = []
    largest: TextRun | None = None
    for run in sorted(runs, key=lambda run: (-run.baseline, run.left)):
        if largest is None or _below(run, largest):
            rows.append([])
            largest = run
        rows[-1].append(run)
        if run.size > largest.size:
            largest = run
    return [_row(row) for row in rows]


def _below(run: TextRun, other: TextRun) -> bool:
    return other.baseline - run.baseline > _SAME_ROW * min(run.size, other.size)


def _row(runs: Sequence[TextRun]) -> Row:
    largest = max(runs, key=lambda run: run.size)
    by_left = tuple(sorted(runs, key=lambda run: run.left))
    return Row(by_left, largest.baseline, largest.size)


def without_running_lines(pages: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Return the rows of pages without headers, footers and page numbers.

    Headers and footers are those of the first and last three rows of a page that are on three pages
    or more at the same height; their digits may differ. A first or last row that is only a page
    number is left out too. Rows in larger type than most of the page are headings and stay. If no
    row would be left on any page, all rows stay.
    """
    seen: dict[tuple[str, bool, int], set[int]] = defaultdict(set)
    for page, rows in enumerate(pages):
        for _, key in _edges(rows):
            # A height near the border of two steps counts for both steps.
            for step in (0, 1):
                seen[key[0], key[1], key[2] + step].add(page)
    kept = []
    for rows in pages:
        out = {
            i
            for i, (text, top, height) in _edges(rows)
            if any(len(seen[text, top, height + step]) >= _MIN_RUNNING_PAGES for step in (0, 1))
        }
        left = [row for i, row in enumerate(rows) if i not in out]
        if left and _is_page_number(left[-1]):
            left.pop()
        elif left and _is_page_number(left[0]):
            left.pop(0)
        kept.append(left)
    return kept if any(kept) else [list(rows) for rows in pages]


def _is_page_number(row: Row) -> bool:
    text = row.text.strip()
    return len(text) <= _LONGEST_PAGE_NUMBER and _PAGE_NUMBER.fullmatch(text) is not None


def _edges(rows: Sequence[Row]) -> Iterator[tuple[int, tuple[str, bool, int]]]:
    """Yield the index of each outer row of a page, and its text without digits, edge and height."""
    if not rows:
        return
    usual = Counter(round(run.size) for row in rows for run in row.runs).most_common(1)[0][0]
    for i, row in enumerate(rows):
        top = i < _EDGE_ROWS
        if not top and i < len(rows) - _EDGE_ROWS:
            continue
        if row.size < usual * OTHER_SIZE + 1:
            text = " ".join(re.sub(r"\d+", "#", row.text).split())
            yield i, (text, top, int(row.baseline // (usual + 1)))


def columns_of(rows: Sequence[Row], page: int) -> list[Column]:
    """Return the columns of a page in reading order; rows across all columns are columns too."""
    return [_column(part, page) for part in _cut(rows)]


def _column(rows: Sequence[Row], page: int) -> Column:
    lines = tuple(
        Line(row.text, page, row.left, row.right, row.baseline, _usual_size(row), row.cells)
        for row in rows
    )
    return Column(lines, min(line.left for line in lines), max(line.right for line in lines))


def _usual_size(row: Row) -> float:
    sizes: Counter[float] = Counter()
    for run in row.runs:
        sizes[run.size] += len(run.text)
    return sizes.most_common(1)[0][0]


def _cut(rows: Sequence[Row], depth: int = 0) -> list[Sequence[Row]]:
    """Return the parts of a page: rows are cut at gutters, and where columns begin and end."""
    if depth < _MAX_DEPTH:
        for x in _gutters(rows):
            if block := _columns_at(rows, x):
                start, end = block
                sides = _halves(rows[start:end], x)
                return [
                    part
                    for piece in (rows[:start], *sides, rows[end:])
                    for part in _cut(piece, depth + 1)
                ]
    return [rows] if rows else []


def _gutters(rows: Sequence[Row]) -> list[float]:
    """Return the x coordinates at which most rows have a gap, the best first."""
    edges: list[tuple[float, int]] = []
    for i, row in enumerate(rows):
        runs = list(row.runs)
        # Columns whose lines have different heights are rows of their own.
        if i + 1 < len(rows) and row.baseline - rows[i + 1].baseline < _SIDE_BY_SIDE * row.size:
            runs += rows[i + 1].runs
            runs.sort(key=lambda run: run.left)
        right = runs[0].right
        for run in runs[1:]:
            if run.left - right >= _MIN_GUTTER * min(row.size, run.size):
                edges += [(right, 1), (run.left, -1)]
            right = max(right, run.right)
    edges.sort(key=lambda edge: (edge[0], -edge[1]))
    # The gaps of a table below may end within a gutter, so that the most gaps are at its edge.
    wide = _MIN_GUTTER * median(row.size for row in rows) if edges else 0.0
    count, places = 0, []
    for (x, change), (next_x, next_change) in pairwise(edges):
        count += change
        if count >= 2 and (change > 0 > next_change or next_x - x >= wide):
            places.append((-count, (x + next_x) / 2))
    return [x for _, x in sorted(places)[:_MAX_GUTTERS]]


def _columns_at(rows: Sequence[Row], x: float) -> tuple[int, int] | None:
    """Return the first row and the end of consecutive rows that have columns on both sides of x."""
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and not _crosses(rows[end], x):
            end += 1
        if block := _block(rows, start, end, x):
            return block
        start = end + 1
    return None


def _crosses(row: Row, x: float) -> bool:
    half = _MIN_GUTTER / 2 * row.size
    return any(run.left < x + half and run.right > x - half for run in row.runs)


def _block(rows: Sequence[Row], start: int, end: int, x: float) -> tuple[int, int] | None:
    lefts = [i for i in range(start, end) if rows[i].left < x]
    rights = [i for i in range(start, end) if rows[i].right > x]
    if not lefts or not rights:
        return None
    first, last = max(lefts[0], rights[0]), min(lefts[-1], rights[-1])
    if not _are_columns(*_halves(rows[first : last + 1], x), x):
        return None
    left, right = min(rows[i].left for i in lefts), max(rows[i].right for i in rights)
    for i in range(start, first):
        row = rows[i]
        if row.left > left + 2 * row.size and centred(row, left, right):
            start = i + 1
    if end < len(rows):
        end = _end_of_block(rows, last + 1, end, x)
    return start, end


def _end_of_block(rows: Sequence[Row], last: int, end: int, x: float) -> int:
    """Return where rows below both columns begin, such as a heading across them."""
    for i in range(last, end):
        above, row = rows[i - 1], rows[i]
        if row.left < x and above.baseline - row.baseline > 1.5 * LARGE_GAP * row.size:
            return i
    return end


def _are_columns(left: Sequence[Row], right: Sequence[Row], x: float) -> bool:
    """Tell whether two sides are columns of text, and neither of a table nor there by chance.

    Of a side that has columns itself, the one beside x counts.
    """
    if min(len(left), len(right)) < 2:
        return False
    reach = _MIN_COLUMN * median(row.size for row in (*left, *right))
    left = [part for row in left if (part := _pieces(row)[-1]).right > x - reach]
    right = [part for row in right if (part := _pieces(row)[0]).left < x + reach]
    if min(len(left), len(right)) < 2:
        return False
    size = median(row.size for row in left)
    gap = min(row.left for row in right) - max(row.right for row in left)
    rows = 2 if gap > _WIDE_GUTTER * size else 3
    return min(len(left), len(right)) >= rows and _is_column(left) and _is_column(right)


def _pieces(row: Row) -> list[Row]:
    """Return the pieces of a row between gaps as wide as those between columns."""
    pieces: list[list[TextRun]] = [[row.runs[0]]]
    for before, run in pairwise(row.runs):
        if run.left - before.right >= _MIN_GUTTER * min(before.size, run.size):
            pieces.append([])
        pieces[-1].append(run)
    return [_row(piece) for piece in pieces]


def _is_column(rows: Sequence[Row]) -> bool:
    width = max(row.right for row in rows) - min(row.left for row in rows)
    filled = median(sum(run.right - run.left for run in row.runs) for row in rows)
    return width >= _MIN_COLUMN * median(row.size for row in rows) and filled >= _MIN_FILLED * width


def _halves(rows: Sequence[Row], x: float) -> tuple[list[Row], list[Row]]:
    left: list[Row] = []
    right: list[Row] = []
    for row in rows:
        for half, runs in (
            (left, [run for run in row.runs if run.left < x]),
            (right, [run for run in row.runs if run.left >= x]),
        ):
            if runs:
                half.append(_row(runs))
    return left, right


def centred(line: Row | Line, left: float, right: float) -> bool:
    """Tell whether a line is in the middle between two x coordinates."""
    return abs(line.left + line.right - left - right) < line.size

"""From the lines of columns to paragraphs: which line begins one, and which continues one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from rag.readers.pdf.layout import LARGE_GAP, OTHER_SIZE, centred
from rag.readers.pdf.lines import HAN, Column, Line
from rag.text.joining.list_items import BULLET, ITEM, is_item

_MIN_INDENT = 0.7
"""Indent of a line, in ems, from which on it counts. Chosen manually, not tuned."""

_SENTENCE_END = re.compile(r"[.!?…。！？｡][\"'”’»)\]）」』】〉》]*$")
_PART_END = re.compile(r"[.!?…。！？｡:：;；][\"'”’»)\]）」』】〉》]*$")
_WORD = re.compile(rf"[^\s{HAN}]+")
_STARTS_HAN = re.compile(f"[{HAN}]")


def paragraphs_of(columns: Sequence[Column]) -> list[list[Line]]:
    """Return the lines of columns, which are in reading order, grouped into paragraphs."""
    usual = median([*_leadings(columns)] or [1.2])
    paragraphs: list[list[Line]] = []
    before: Column | None = None
    for column in columns:
        own = [*_leadings([column])]
        # In fewer lines, the gap between a heading and its text would count too much.
        leading = median(own) if len(own) >= 4 else usual
        for i, line in enumerate(column.lines):
            if i:
                starts = _starts(column, i, leading, opens=len(paragraphs[-1]) == 1)
            else:
                starts = before is None or not _goes_on(paragraphs[-1][-1], line, before, column)
            if starts:
                paragraphs.append([])
            paragraphs[-1].append(line)
        before = column
    return paragraphs


def _leadings(columns: Sequence[Column]) -> Iterator[float]:
    """Yield the distances of neighbouring lines of the same size, in ems."""
    for column in columns:
        for above, line in pairwise(column.lines):
            if _same_size(above, line):
                yield (above.baseline - line.baseline) / line.size


def _starts(column: Column, i: int, leading: float, *, opens: bool) -> bool:
    """Tell whether line ``i`` begins a paragraph; ``opens``: whether the line above begins one."""
    above, line = column.lines[i - 1], column.lines[i]
    if not _same_size(above, line) or _gap_above(column, i, leading):
        return True
    if BULLET.match(line.text) or min(above.cells, line.cells) > 1 or line.cells > 2:
        return True
    if above.text.endswith("-") and line.text[:1].islower():
        return False
    if _both_centred(column, above, line):
        return False
    ends = bool(_PART_END.search(above.text))
    if ITEM.match(line.text) and (ends or is_item(above.text) or _fits(above, line, column)):
        return True
    return _is_short(above, line, column) or _is_indented(column, i, opens=opens, ends=ends)


def _same_size(line: Line, other: Line) -> bool:
    return max(line.size, other.size) < OTHER_SIZE * min(line.size, other.size)


def _gap_above(column: Column, i: int, leading: float) -> bool:
    """Tell whether the gap above a line is larger than usual and larger than the gaps around it."""
    gap = column.lines[i - 1].baseline - column.lines[i].baseline
    if gap <= LARGE_GAP * leading * column.lines[i].size:
        return False
    start = max(0, min(i - 2, len(column.lines) - 4))
    around = [
        above.baseline - line.baseline for above, line in pairwise(column.lines[start : start + 4])
    ]
    # Lines that all have the same large distance are double-spaced.
    return len(around) < 3 or gap > LARGE_GAP * min(around) or gap > 2.5 * column.lines[i].size


def _both_centred(column: Column, above: Line, line: Line) -> bool:
    """Tell whether two lines are one centred heading; the first may be as wide as its column."""
    if _PART_END.search(above.text) or line.left < column.left + line.size:
        return False
    return all(centred(each, column.left, column.right) for each in (above, line))


def _is_short(above: Line, line: Line, column: Column) -> bool:
    """Tell whether a line ends early, like the last line of a paragraph, a heading or an item."""
    if not _fits(above, line, column):
        return False
    if _PART_END.search(above.text):
        return True
    filled = above.right - column.left < 2 / 3 * (column.right - column.left)
    return filled and not line.text[:1].islower()


def _fits(above: Line, line: Line, column: Column) -> bool:
    """Tell whether the first word of a line would have had room at the end of the line above.

    Of Han characters three must have room, because one may move together with the marks around it.
    """
    first = _WORD.match(line.text)
    word = len(first[0]) + 1 if first else 3
    width = (line.right - line.left) / len(line.text) * word
    return column.right - above.right > 1.2 * width + line.size / 2


def _is_indented(column: Column, i: int, *, opens: bool, ends: bool) -> bool:
    """Tell whether the indent of a line, or the lack of one, begins a paragraph."""
    above, line = column.lines[i - 1], column.lines[i]
    indent = (line.left - above.left) / line.size
    if indent < -_MIN_INDENT:
        return not opens
    if indent <= _MIN_INDENT or (opens and is_item(above.text)):
        return False
    if i + 1 < len(column.lines) and column.lines[i + 1].left < line.left - _MIN_INDENT * line.size:
        return True
    # All further lines have the same indent: a quotation, or the rest of an item above.
    return ends


def _goes_on(above: Line, line: Line, before: Column, column: Column) -> bool:
    """Tell whether a paragraph continues in the next column or on the next page."""
    if not _same_size(above, line) or _SENTENCE_END.search(above.text) or is_item(line.text):
        return False
    if line.text[:1].islower():
        return True
    if line.left > column.left + _MIN_INDENT * line.size or _fits(above, line, before):
        return False
    # The line may begin with a name, if the line before it is full and is not a heading.
    return bool(_STARTS_HAN.match(line.text)) or above.text[-1].islower() or above.text[-1] == ","

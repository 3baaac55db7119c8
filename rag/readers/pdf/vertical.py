"""Chinese that is written in lines from top to bottom, the first of them on the right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.readers.pdf.characters import Glyph, Space
from rag.readers.pdf.lines import HAN

# All these numbers were chosen manually, from pages that we looked at; they are not tuned.
_FEWEST = 5
"""Characters of a line; the cells of a table have fewer below each other. Lines that come after
such a line may be shorter."""
_LEAST_SHARE = 0.7
"""Share of a line's characters that are as wide as they are high; digits may be among them."""
_ASIDE = 0.4
"""Largest distance of two characters of a line to the side, in ems."""
_STEP = (0.8, 1.35)
"""Distance of two characters of a line, in ems."""
_NEXT_LINE = (0.8, 3.5)
"""Distance of two lines, in ems."""
_ABOVE = 0.88
"""What of a character is above its baseline, in ems."""

_TURNS = 3
"""By how many quarters such a line is turned; letters in it lie on their side, turned as much."""

_FULL_WIDTH = re.compile(f"[{HAN}\\u3001-\\u301f\\uff01-\\uff60〇…—]")


def with_vertical_lines(items: Iterable[Glyph | Space]) -> Iterator[Glyph | Space]:
    """Yield the characters of a page; those of vertical lines are placed along their lines.

    Args:
        items: in the order of the file.
    """
    line: list[Glyph] = []
    held: list[Glyph | Space] = []
    begun: Glyph | None = None
    for item in items:
        if isinstance(item, Space):
            held.append(item)
        elif line and _is_below(item, line[-1]):
            line.append(item)
            held.append(item)
        else:
            if _is_vertical(line, begun, item):
                yield from _placed(line)
                begun = line[0]
            else:
                yield from held
                # Letters that lie on their side are a part of their line.
                begun = begun if line and line[0].turns == _TURNS else None
            line, held = [item], [item]
    yield from _placed(line) if _is_vertical(line, begun, None) else held


def _is_vertical(line: Sequence[Glyph], begun: Glyph | None, following: Glyph | None) -> bool:
    """Tell whether characters below each other are a line, or go on with one.

    Args:
        line: characters below each other; there may be none.
        begun: the first character of the vertical line before; None without one.
        following: the character after the line.
    """
    full_width = sum(_FULL_WIDTH.match(each.text) is not None for each in line)
    if not line or full_width < _LEAST_SHARE * len(line):
        return False
    first = line[0]
    if len(line) >= _FEWEST:
        return True
    if begun is None or first.baseline > begun.baseline + first.size:
        return False
    aside = (_middle(begun) - _middle(first)) / first.size
    if abs(aside) < _ASIDE:
        return True
    return _NEXT_LINE[0] <= aside <= _NEXT_LINE[1] and not _is_beside(following, line[-1])


def _middle(glyph: Glyph) -> float:
    return (glyph.left + glyph.right) / 2


def _is_below(glyph: Glyph, other: Glyph) -> bool:
    size = other.size
    return (
        glyph.turns == other.turns == 0
        and abs(glyph.size - size) < 0.05 * size
        and abs(_middle(glyph) - _middle(other)) < _ASIDE * size
        and _STEP[0] * size <= other.baseline - glyph.baseline <= _STEP[1] * size
    )


def _is_beside(glyph: Glyph | None, other: Glyph) -> bool:
    return (
        glyph is not None
        and abs(glyph.baseline - other.baseline) < 0.1 * other.size
        and glyph.left > other.left
    )


def _placed(line: Sequence[Glyph]) -> Iterator[Glyph]:
    """Yield the characters of a vertical line, without what pdfium takes for spaces."""
    ends = [each.baseline + _ABOVE * each.size for each in line]
    ends.append(ends[-1] - line[-1].size)
    for each, (top, bottom) in zip(line, pairwise(ends), strict=True):
        edge = _middle(each) - each.size / 2
        yield each._replace(turns=_TURNS, left=-top, right=-bottom, baseline=edge)

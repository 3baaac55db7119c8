"""The numbers of a Word document's lists, counted as the paragraphs come."""

from __future__ import annotations

import re

from rag.readers.word.number_formats import written
from rag.readers.word.numbering import LEVELS, Level, Lists, NumberedList
from rag.readers.word.styles import Style

_PLACE = re.compile("%([1-9])")
_LETTERS = re.compile(r"[^\W\d_\ue000-\uf8ff]{2}|[\u3400-\u9fff]")
"""Words of what stands before items that are not numbered; one letter is a sign in a font of
signs."""


class Counting:
    """Counts on from paragraph to paragraph."""

    def __init__(self, lists: Lists) -> None:
        """Begin to count the paragraphs of lists."""
        self._lists = lists
        self._numbers: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, list_id: str | None, level: int | None, styles: tuple[Style, ...]) -> str:
        """Count a paragraph; return what Word writes before it, with what separates them.

        Args:
            list_id: the id of the list that the paragraph itself states; "0" for none.
            level: the level that it states itself, from 0.
            styles: its style and those that it stands on, nearest first.
        """
        if list_id is None:
            stated = (style.list_id for style in styles if style.list_id is not None)
            list_id = next(stated, None)
        found = None if list_id in (None, "0") else self._lists.find(list_id or "")
        if found is None:
            return ""
        at = _level_at(found, level, styles)
        known = found.levels.get(at)
        if known is None:
            return ""
        return _written(found, at, known, self._counted(found, at))

    def _counted(self, found: NumberedList, at: int) -> dict[int, int]:
        """Count a paragraph on a level; return the numbers of that level and those above."""
        numbers = self._numbers.setdefault(found.shared, {})
        if at in found.starts and (found.id, at) not in self._begun:
            self._begun.add((found.id, at))
            numbers.pop(at, None)
        numbers[at] = numbers[at] + 1 if at in numbers else found.levels[at].start
        for below in range(at + 1, LEVELS):
            restart = found.levels.get(below, Level()).restart
            if restart is None or at < restart:
                numbers.pop(below, None)
        return numbers


def _level_at(found: NumberedList, level: int | None, styles: tuple[Style, ...]) -> int:
    """Return the level of a paragraph: its own, or that of the nearest style that has one."""
    if level is None:
        for style in styles:
            level = found.level_of(style.id)
            level = style.level if level is None else level
            if level is not None:
                break
    return min(max(level or 0, 0), LEVELS - 1)


def _written(found: NumberedList, at: int, level: Level, numbers: dict[int, int]) -> str:
    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        known = found.levels.get(place)
        if place > at or known is None:
            return ""
        # Where no paragraph has been on a level above, Word writes its first number.
        count = numbers.get(place, known.start)
        if level.is_legal and known.number_format not in ("none", "bullet"):
            return str(count)
        return written(count, known.number_format).zfill(known.width)

    if level.number_format == "bullet":
        text = level.text if _LETTERS.search(level.text) else ""
    else:
        text = _PLACE.sub(number, level.text)
    if level.suffix == "nothing":
        return text
    return f"{text.strip()} " if text.strip() else ""

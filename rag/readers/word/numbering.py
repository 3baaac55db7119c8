"""Numbered lists of a Word document, as they are defined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.readers.word.names import attribute, child, name, number, switch, value
from rag.readers.word.styles import Styles

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 9
"""Levels of a list."""

_MAX_LABEL = 250
"""Characters of what a level writes before a paragraph, without its numbers. Word allows some
dozens."""

_MAX_LINKS = 5
"""Styles of lists that stand for one another. Chosen manually, not tuned: Word makes one."""


@dataclass(frozen=True)
class Level:
    """One level of a list.

    Attributes:
        start: the number of its first paragraph.
        number_format: see :func:`rag.readers.word.number_formats.written`.
        text: what is written, with ``%1`` to ``%9`` for the numbers of the levels.
        suffix: what is between it and the paragraph: ``tab``, ``space`` or ``nothing``.
        restart: the level, from 1, from which on upwards a paragraph has this level begin anew; 0
            for none; None for each level above.
        is_legal: whether all numbers are written in digits.
        style: the id of the style of paragraphs that are on this level.
        width: digits that a number has at least.
    """

    start: int = 0
    number_format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    is_legal: bool = False
    style: str | None = None
    width: int = 0


@dataclass(frozen=True)
class NumberedList:
    """A list that paragraphs name.

    Attributes:
        id: its id.
        shared: the id of what it counts with: lists of one definition count on.
        levels: its levels by their numbers, from 0.
        starts: levels that begin anew when a paragraph of this list is first on them.
    """

    id: str
    shared: str
    levels: dict[int, Level]
    starts: frozenset[int]

    def level_of(self, style: str) -> int | None:
        """Return the level of the paragraphs of a style."""
        return next((i for i, level in self.levels.items() if level.style == style), None)


class Lists:
    """All lists of a document; each is read when it is first asked for."""

    def __init__(self, root: _Element | None, styles: Styles) -> None:
        """Read the part with the lists; None where the document has none."""
        self._styles = styles
        self._lists: dict[str, _Element] = {}
        self._definitions: dict[str, _Element] = {}
        self._by_style: dict[str, str] = {}
        self._links: dict[str, str | None] = {}
        self._known: dict[str, NumberedList | None] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        for element in () if root is None else root:
            if name(element) == "num":
                self._lists.setdefault(attribute(element, "numId") or "", element)
            elif name(element) == "abstractNum":
                definition = attribute(element, "abstractNumId") or ""
                self._definitions.setdefault(definition, element)
                self._links.setdefault(definition, value(element, "numStyleLink"))
                if (style := value(element, "styleLink")) is not None:
                    self._by_style.setdefault(style, definition)

    def find(self, id: str) -> NumberedList | None:
        """Return a list by its id; None for an unknown one."""
        if id not in self._known:
            element = self._lists.get(id)
            self._known[id] = None if element is None else self._read(id, element)
        return self._known[id]

    def _read(self, id: str, element: _Element) -> NumberedList | None:
        shared = self._definition(value(element, "abstractNumId"))
        if shared is None:
            return None
        levels = dict(self._levels_of(shared))
        starts: set[int] = set()
        for override in element:
            at = number(attribute(override, "ilvl"))
            if name(override) != "lvlOverride" or at is None or not 0 <= at < LEVELS:
                continue
            if (own := child(override, "lvl")) is not None:
                levels[at] = _level(own)
            if child(override, "startOverride") is not None:
                starts.add(at)
                start = number(value(override, "startOverride")) or 0
                levels[at] = replace(levels.get(at, Level()), start=start)
        return NumberedList(id, shared, levels, frozenset(starts))

    def _definition(self, stated: str | None) -> str | None:
        """Return the id of the definition that has the levels, for one that may stand for it."""
        at = stated
        for _ in range(_MAX_LINKS):
            if at is None or at not in self._definitions:
                return None
            style = self._links[at]
            if style is None:
                return at
            linked = self._lists.get(self._styles.list_id(style) or "")
            following = None if linked is None else value(linked, "abstractNumId")
            at = self._by_style.get(style) if following in (None, at) else following
        return None

    def _levels_of(self, definition: str) -> dict[int, Level]:
        if definition not in self._levels:
            found: dict[int, Level] = {}
            for element in self._definitions[definition]:
                at = number(attribute(element, "ilvl"))
                if name(element) == "lvl" and at is not None and 0 <= at < LEVELS:
                    found.setdefault(at, _level(element))
            self._levels[definition] = found
        return self._levels[definition]


def _level(element: _Element) -> Level:
    number_format, width = _number_format(element)
    return Level(
        start=number(value(element, "start")) or 0,
        number_format="bullet" if child(element, "lvlPicBulletId") is not None else number_format,
        text=(value(element, "lvlText") or "")[:_MAX_LABEL],
        suffix=value(element, "suff") or "tab",
        restart=number(value(element, "lvlRestart")),
        is_legal=bool(switch(element, "isLgl")),
        style=value(element, "pStyle"),
        width=width,
    )


def _number_format(element: _Element) -> tuple[str, int]:
    """Return the format of a level's numbers, and the digits that they have at least.

    Newer versions of Word write formats such as "001, 002, …" in an alternative of their own.
    """
    stated = child(element, "numFmt")
    if stated is None:
        stated = child(element, "mc:AlternateContent", "mc:Choice", "numFmt")
    kind = attribute(stated, "val") or "decimal"
    first = (attribute(stated, "format") or "").partition(",")[0].strip()
    if kind == "custom" and first.isascii() and first.isdigit():
        return "decimal", min(len(first), LEVELS)
    return kind, 0

"""Styles of a Word document: what paragraphs and runs have from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.word.names import attribute, child, name, number, switch, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_BASES = 50
"""Styles on which a style stands, one on the other. Chosen manually, not tuned: Word's have up to
five."""

_HEADINGS = ("title", "heading", "标题", "標題", "tiêu đề", "đầu đề")
"""How names of styles of titles and headings begin, in lower case. Word stores the English names of
its own styles; other programs store the translated ones."""

_CONTENTS = ("toc", "contents", "table of figures", "mục lục", "目录", "目錄")
"""How names of styles of a table of contents begin, in lower case."""


@dataclass(frozen=True)
class Style:
    """What one style states, without the styles that it stands on.

    Attributes:
        id: its id, which paragraphs and runs name.
        name: its name for people, in lower case.
        base: the id of the style that it stands on.
        list_id: the id of the numbered list of its paragraphs; "0" for none.
        level: their level in that list, from 0.
        outline: their level in the outline, from 0; 9 for body text.
        is_hidden: whether the text is hidden.
        font: the name of the font.
    """

    id: str
    name: str = ""
    base: str | None = None
    list_id: str | None = None
    level: int | None = None
    outline: int | None = None
    is_hidden: bool | None = None
    font: str | None = None


class Styles:
    """All styles of a document, by their ids."""

    def __init__(self, root: _Element | None) -> None:
        """Read the part with the styles; None where the document has none."""
        self._styles: dict[str, Style] = {}
        self._chains: dict[str, tuple[Style, ...]] = {}
        self._default = ""
        fonts = child(root, "docDefaults", "rPrDefault", "rPr")
        self._font = font_of(fonts) or ""
        for element in () if root is None else root:
            if name(element) == "style":
                style = _style(element)
                self._styles.setdefault(style.id, style)
                is_paragraph = attribute(element, "type") == "paragraph"
                if is_paragraph and attribute(element, "default") in ("1", "true", "on"):
                    self._default = style.id

    def chain(self, id: str | None) -> tuple[Style, ...]:
        """Return a style and those that it stands on, nearest first.

        Args:
            id: the style's id; None for the style of paragraphs that name none.
        """
        first = self._default if id is None else id
        if first not in self._chains:
            found: dict[str, Style] = {}
            at: str | None = first
            while at in self._styles and at not in found and len(found) < _MAX_BASES:
                found[at] = self._styles[at]
                at = found[at].base
            self._chains[first] = tuple(found.values())
        return self._chains[first]

    def outline(self, id: str | None) -> int | None:
        """Return the level in the outline of a style's paragraphs; None for body text."""
        stated = (style.outline for style in self.chain(id))
        level = next((each for each in stated if each is not None), None)
        return None if level is None or level > 8 else level

    def is_heading(self, id: str | None) -> bool:
        """Tell whether a style is one of titles or headings, by its name or those it stands on."""
        return any(style.name.startswith(_HEADINGS) for style in self.chain(id))

    def is_contents(self, id: str | None) -> bool:
        """Tell whether a style is one of entries in a table of contents."""
        return any(style.name.startswith(_CONTENTS) for style in self.chain(id)[:1])

    def is_hidden(self, id: str | None) -> bool | None:
        """Tell whether a style's text is hidden; None where nothing is stated."""
        stated = (style.is_hidden for style in self.chain(id))
        return next((each for each in stated if each is not None), None)

    def font(self, *ids: str | None) -> str:
        """Return the font of the first of some styles that has one, else the document's."""
        fonts = (style.font for each in ids for style in self.chain(each))
        return next(filter(None, fonts), self._font)

    def list_id(self, id: str) -> str | None:
        """Return the id of the list that a style of lists stands for."""
        return next((style.list_id for style in self.chain(id) if style.list_id), None)


def font_of(properties: _Element | None) -> str | None:
    """Return the font that properties of a run state for Latin letters."""
    fonts = child(properties, "rFonts")
    return attribute(fonts, "ascii") or attribute(fonts, "hAnsi")


def _style(element: _Element) -> Style:
    paragraph, run = child(element, "pPr"), child(element, "rPr")
    return Style(
        id=attribute(element, "styleId") or "",
        name=(value(element, "name") or "").lower(),
        base=value(element, "basedOn"),
        list_id=value(paragraph, "numPr", "numId"),
        level=number(value(paragraph, "numPr", "ilvl")),
        outline=number(value(paragraph, "outlineLvl")),
        is_hidden=switch(run, "vanish"),
        font=font_of(run),
    )

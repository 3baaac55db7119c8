"""Paragraphs of a Word document as they are shown: some are one line with what follows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.readers.word.counting import Counting
from rag.readers.word.fields import Fields
from rag.readers.word.names import attribute, child, number, switch, value
from rag.readers.word.runs import Runs
from rag.readers.word.styles import Styles

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_OUTLINED = 300
"""Characters of a paragraph that is a heading by its level in the outline alone. Chosen manually,
not tuned: some programs give whole texts a level."""


@dataclass
class Line:
    """One paragraph, or several that are shown as one.

    Attributes:
        texts: what stands in it, piece by piece.
        label: its number, with what separates it from the text.
        boxes: as :attr:`rag.readers.word.runs.Runs.boxes`.
        notes: as :attr:`rag.readers.word.runs.Runs.notes`.
        is_heading: whether it is a title or a heading.
        is_contents: whether it is of a table of contents.
        is_open: whether the next paragraph goes on in the same line.
    """

    texts: list[str] = field(default_factory=list)
    label: str = ""
    boxes: list[_Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_heading: bool = False
    is_contents: bool = False
    is_open: bool = False

    @property
    def text(self) -> str:
        """The text without the number."""
        return "".join(self.texts)

    @property
    def shown(self) -> str:
        """The number and the text."""
        text = self.text
        return f"{self.label}{text.lstrip() if self.label.endswith(' ') else text}".strip()

    def add(self, line: Line) -> None:
        """Go on with the next paragraph in this line."""
        if self.label and line.label:
            self.texts.append(line.label)
        self.label = self.label or line.label
        self.texts += line.texts
        self.boxes += line.boxes
        self.notes += line.notes
        self.is_heading |= line.is_heading
        self.is_contents |= line.is_contents
        self.is_open = line.is_open


class Paragraphs:
    """Reads paragraphs, one after the other as they come."""

    def __init__(self, styles: Styles, counting: Counting) -> None:
        """Keep the document's styles, and what counts its lists."""
        self._styles = styles
        self._counting = counting

    def read(self, element: _Element, fields: Fields) -> Line:
        """Return what a paragraph shows.

        Args:
            element: the paragraph.
            fields: those around it.
        """
        properties = child(element, "pPr")
        style = value(properties, "pStyle")
        fields.begin_paragraph()
        runs = Runs(style, self._styles, fields)
        runs.take(element)
        fields.end_paragraph()
        text = runs.text
        line = Line([text], boxes=runs.boxes, notes=runs.notes)
        mark = child(properties, "rPr")
        is_hidden = bool(switch(mark, "vanish")) or self._styles.is_hidden(style)
        is_gone = any(child(mark, each) is not None for each in ("del", "moveFrom"))
        is_drop_cap = attribute(child(properties, "framePr"), "dropCap") in ("drop", "margin")
        line.is_open = is_gone or bool(is_hidden) or is_drop_cap
        if is_gone or is_drop_cap or (is_hidden and not text.strip()):
            # Its mark is no end of a paragraph, and lists do not count it.
            return line
        chain = self._styles.chain(style)
        listed, level = value(properties, "numPr", "numId"), value(properties, "numPr", "ilvl")
        line.label = self._counting.label(listed, number(level), chain)
        line.is_heading = self._is_heading(properties, style, text)
        line.is_contents = style is not None and self._is_contents(style, fields)
        return line

    def _is_heading(self, properties: _Element | None, style: str | None, text: str) -> bool:
        outline = number(value(properties, "outlineLvl"))
        if outline is None:
            outline = self._styles.outline(style)
        is_outlined = outline is not None and outline < 9 and len(text) <= _MAX_OUTLINED
        return is_outlined or self._styles.is_heading(style)

    def _is_contents(self, style: str, fields: Fields) -> bool:
        """Tell whether a paragraph is of a table of contents: in its field and in its style."""
        is_head = any(each.name.startswith("toc heading") for each in self._styles.chain(style)[:1])
        return is_head or (fields.is_contents and self._styles.is_contents(style))

"""What a paragraph of a Word document shows: its runs, whatever they are wrapped in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.readers.word.equations import linear
from rag.readers.word.fields import Fields
from rag.readers.word.names import attribute, child, name, switch, value
from rag.readers.word.styles import Styles, font_of
from rag.readers.word.symbols import has_signs, sign, with_signs

if TYPE_CHECKING:
    from lxml.etree import _Element

_LEFT_OUT = frozenset(
    (
        # What changes have taken away, and the older of two forms.
        *("del", "moveFrom", "delText", "delInstrText", "mc:Fallback"),
        # Properties; those of changed text hold the older properties.
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr"),
        *("sectPr", "customXmlPr", "smartTagPr", "rubyPr", "fldData", "ffData"),
        # A reading above a word.
        "rt",
    )
)
"""Elements of which nothing is shown in the text."""

_SHOWN = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
}
"""What elements without text show. A soft hyphen shows only at the end of a line."""

_BOXES = frozenset(["txbxContent", "v:textpath", "dgm:relIds", "a:p"])
"""Text that stands apart from the line in which it is anchored: text boxes, letters drawn along a
path, diagrams, and text in pictures."""

_IN_TEXT = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u00ad": None})
"""Line ends in text are those of the program that wrote the XML."""


def content(container: _Element, *kinds: str) -> Iterator[_Element]:
    """Yield the elements of some kinds in a container, in order, whatever they are wrapped in.

    Wrappers are tracked changes, content controls, smart tags and custom XML, also inside one
    another. What is inside an element of these kinds is not looked at.
    """
    around = [iter(container)]
    while around:
        element = next(around[-1], None)
        if element is None:
            around.pop()
            continue
        kind = name(element)
        if kind in kinds:
            yield element
        elif kind == "mc:AlternateContent":
            around.append(iter(alternative(element)))
        elif kind not in _LEFT_OUT:
            around.append(iter(element))


def alternative(element: _Element) -> _Element:
    """Return the first of alternatives that has something, as newer versions of Word show it."""
    filled = (each for each in element if len(each))
    return next(filled, element)


class Runs:
    """Gathers what one paragraph shows.

    Attributes:
        boxes: what stands apart, in the order of its anchors.
        notes: the kinds and ids of foot- and endnotes, in the order of their marks.
    """

    def __init__(self, style: str | None, styles: Styles, fields: Fields) -> None:
        """Begin a paragraph of a style, inside fields."""
        self.boxes: list[_Element] = []
        self.notes: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._style = style
        self._styles = styles
        self._fields = fields
        self._is_hidden = False
        self._properties: _Element | None = None

    @property
    def text(self) -> str:
        """The text in the line."""
        return "".join(self._parts)

    def take(self, container: _Element) -> None:
        """Take what a paragraph, or something in it, holds."""
        for element in container:
            kind = name(element)
            if kind in _LEFT_OUT:
                continue
            if kind == "r":
                self._take_run(element)
            elif kind == "t":
                self._show(self._written(element))
            elif kind in _SHOWN:
                self._show(_SHOWN[kind])
            elif kind in _BOXES:
                if self._shows:
                    self.boxes.append(element)
            elif kind == "fldChar":
                self._show(self._fields.mark(element))
            elif kind == "instrText":
                self._fields.instruct(element.text or "")
            elif kind == "mc:AlternateContent":
                self.take(alternative(element))
            elif kind in ("footnoteReference", "endnoteReference"):
                if self._shows:
                    self.notes.append((kind, attribute(element, "id") or ""))
            elif kind in ("sym", "symex:symEx"):
                self._show(_sign(element))
            elif kind == "m:oMath":
                self._show(linear(element))
            elif not _is_invisible(element, kind):
                self.take(element)

    def _take_run(self, run: _Element) -> None:
        around = self._is_hidden, self._properties
        self._properties = child(run, "rPr")
        self._is_hidden = self._is_hidden or self._hides(self._properties)
        self.take(run)
        self._is_hidden, self._properties = around

    def _hides(self, properties: _Element | None) -> bool:
        """Tell whether a run is hidden: by itself, by its own style, or by its paragraph's."""
        stated = switch(properties, "vanish")
        if stated is None and (own := value(properties, "rStyle")) is not None:
            stated = self._styles.is_hidden(own)
        return bool(self._styles.is_hidden(self._style) if stated is None else stated)

    @property
    def _shows(self) -> bool:
        return self._fields.shows and not self._is_hidden

    def _show(self, text: str) -> None:
        if text and self._shows:
            self._parts.append(text)

    def _written(self, element: _Element) -> str:
        text = (element.text or "").translate(_IN_TEXT)
        return with_signs(text, self._font()) if has_signs(text) else text

    def _font(self) -> str:
        """Return the font of the run: its own, else that of the styles."""
        stated = font_of(self._properties)
        return stated or self._styles.font(value(self._properties, "rStyle"), self._style)


def _sign(element: _Element) -> str:
    """Return a sign that is named by its place in a font."""
    try:
        code = int(attribute(element, "char") or "", 16)
    except ValueError:
        return ""
    return sign(code, attribute(element, "font") or "")


def _is_invisible(element: _Element, kind: str) -> bool:
    """Tell whether a drawing is hidden."""
    if kind in ("wp:anchor", "wp:inline"):
        return attribute(child(element, "wp:docPr"), "hidden") in ("1", "true", "on")
    if kind.startswith("v:"):
        return "visibility:hidden" in (attribute(element, "style") or "").replace(" ", "")
    return False

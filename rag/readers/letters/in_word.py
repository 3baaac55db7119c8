"""Word documents that have Vietnamese in fonts from before Unicode: their text in Unicode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.readers.letters.fonts import by_fonts, font_encoding

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_BASED = 20
"""Styles that a style is based on, at most. Chosen manually, not tuned."""


def restore_word(roots: Sequence[_Element], styles: _Element | None) -> None:
    """Put text that is set in a font of an old encoding into Unicode, in place.

    Args:
        roots: the parts of a document that have text: its body, headers, notes.
        styles: the part with its styles, if it has one.
    """
    fonts = _Fonts(styles)
    texts: list[tuple[str, _Element]] = []
    for root in roots:
        for run in root.iter(f"{_W}r"):
            texts += _texts(run, fonts.of_run(run))
    found = by_fonts([(font, element.text or "") for font, element in texts])
    for (_, element), text in zip(texts, found, strict=True):
        if text != (element.text or ""):
            element.text = text


def _texts(run: _Element, font: str) -> Iterator[tuple[str, _Element]]:
    """Yield the font and the element of each text of a run; symbols become texts."""
    is_old = font_encoding(font) is not None
    for child in list(run):
        if child.tag == f"{_W}sym":
            code, own = child.get(f"{_W}char") or "", child.get(f"{_W}font") or font
            if font_encoding(own) is not None and _is_code(code):
                yield own, _as_text(child, chr(int(code, 16)))
        elif child.tag == f"{_W}softHyphen" and is_old:
            yield font, _as_text(child, "\u00ad")
        elif child.tag in (f"{_W}t", f"{_W}delText") and is_old:
            yield font, child


def _is_code(code: str) -> bool:
    try:
        return 0x20 <= int(code, 16) <= 0xFFFF
    except ValueError:
        return False


def _as_text(element: _Element, text: str) -> _Element:
    """Return an element that has become a text."""
    element.attrib.clear()
    element.tag = f"{_W}t"
    element.text = text
    return element


class _Fonts:
    """The fonts of a document's runs, by their own statement, their styles and the default."""

    def __init__(self, styles: _Element | None) -> None:
        self._stated: dict[str, str] = {}
        self._based: dict[str, str] = {}
        self._default = ""
        if styles is None:
            return
        for style in styles.iter(f"{_W}style"):
            name = style.get(f"{_W}styleId") or ""
            self._stated[name] = _font(style.find(f"{_W}rPr"))
            based = style.find(f"{_W}basedOn")
            self._based[name] = _value(based)
            if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true"):
                self._based[""] = name
        self._default = _font(styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))

    def of_run(self, run: _Element) -> str:
        """Return the name of the font of a run; empty if none is stated."""
        own = run.find(f"{_W}rPr")
        paragraph = run.getparent()
        while paragraph is not None and paragraph.tag != f"{_W}p":
            paragraph = paragraph.getparent()
        of_paragraph = None if paragraph is None else paragraph.find(f"{_W}pPr/{_W}pStyle")
        return (
            _font(own)
            or (self._of_style(_value(own.find(f"{_W}rStyle"))) if own is not None else "")
            or self._of_style(_value(of_paragraph) or self._based.get("", ""))
            or self._default
        )

    def _of_style(self, name: str) -> str:
        for _ in range(_MAX_BASED):
            if not name or self._stated.get(name):
                break
            name = self._based.get(name, "")
        return self._stated.get(name, "")


def _font(properties: _Element | None) -> str:
    """Return the font of Western letters that properties of a run state; empty for none."""
    fonts = None if properties is None else properties.find(f"{_W}rFonts")
    if fonts is None:
        return ""
    return fonts.get(f"{_W}hAnsi") or fonts.get(f"{_W}ascii") or ""


def _value(element: _Element | None) -> str:
    return "" if element is None else element.get(f"{_W}val") or ""

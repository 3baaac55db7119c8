"""Web pages that have Vietnamese in fonts from before Unicode: their text in Unicode."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from rag.readers.letters.fonts import by_fonts, font_encoding
from rag.text.legacy.encodings import VIEWS
from rag.text.legacy.misread import Misread, misread, restored_part

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NAMED = re.compile(
    r"(?:\bface\s{0,9}=|\bfont(?:-family)?\s{0,9}:)[^<>{}]{0,80}?(?:\.vn|\bvn[ia-z]|\bvps|viscii)",
    re.I,
)
"""A font that may be of an old encoding, in an attribute or a style."""
_TAG = re.compile(r"<[^<>]*+>")
_LETTER = re.compile(r"[^\x00-\x7f]|&[#a-z]", re.IGNORECASE)
_FAMILY = re.compile(r"\bfont-family\s{0,9}:\s*+([^;]*+)", re.IGNORECASE)
_SELECTOR = re.compile(r"\A([a-z][a-z0-9]*)?(?:\.([-\w]+))?\Z", re.IGNORECASE)
_UNSEEN = ("script", "style", "noscript")

_MAX_RULES = 5000
"""Rules of the styles of a page that are looked at. Chosen manually, not tuned."""


def restored_html(html: str, beside: str = "") -> str:
    """Return a page with its text in Unicode; other pages stay as they are, to the character.

    Fonts are told by attributes, by ``style`` and by the page's own rules for elements and classes;
    where none is told, by the letters of the whole page.

    Args:
        html: the page, as :func:`rag.readers.pages.html_bounds.bounded` returns it.
        beside: more of the same source, by which its letters are told too.
    """
    named = _NAMED.search(html) is not None
    if not named and not _LETTER.search(html):
        return html
    how = misread(unescape(_TAG.sub("\n", f"{html}\n{beside}")).split("\n"))
    if not named and how is None:
        return html
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring, tostring

    try:
        tree = document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        return html
    places = list(_places(tree))
    texts = [place.text for place in places]
    found = by_fonts([(place.font, place.text) for place in places])
    if how is None:
        how = _of_fonts(places, found)
    if how is not None:
        found = [
            restored_part(new, how) if font_encoding(place.font) is None else new
            for new, place in zip(found, places, strict=True)
        ]
    if found == texts:
        return html
    for place, text in zip(places, found, strict=True):
        place.put(text)
    page: str = tostring(tree, encoding="unicode")
    return page


def _of_fonts(places: Sequence[_Place], found: Sequence[str]) -> Misread | None:
    """Return how the text is misread that changed for its font; what has no font may be like it."""
    changed = Counter(
        place.font for place, text in zip(places, found, strict=True) if text != place.text
    )
    if not changed:
        return None
    encoding = font_encoding(changed.most_common(1)[0][0])
    return None if encoding is None else Misread(encoding, VIEWS[0])


@dataclass(frozen=True)
class _Place:
    """A piece of text in a page.

    Attributes:
        element: that has it.
        where: ``text`` in the element, ``tail`` behind it, or ``content``, the attribute.
        font: the first font that it is to be shown in.
    """

    element: HtmlElement
    where: str
    font: str

    @property
    def text(self) -> str:
        if self.where == "content":
            return str(self.element.get("content") or "")
        return str(getattr(self.element, self.where) or "")

    def put(self, text: str) -> None:
        if self.where == "content":
            self.element.set("content", text)
        else:
            setattr(self.element, self.where, text)


def _places(tree: HtmlElement) -> Iterator[_Place]:
    """Yield the pieces of text of a page, in its order."""
    rules = _rules(tree)
    fonts = {tree: ""}
    for element in tree.iter():
        parent = element.getparent()
        outer = fonts.get(parent, "") if parent is not None else ""
        seen = isinstance(element.tag, str) and element.tag not in _UNSEEN
        fonts[element] = (_font(element, rules) or outer) if seen else outer
        if element.text and seen:
            yield _Place(element, "text", fonts[element])
        elif element.tag == "meta" and element.get("content"):
            yield _Place(element, "content", "")
        if element.tail:
            yield _Place(element, "tail", outer)


def _font(element: HtmlElement, rules: Mapping[tuple[str, str], str]) -> str:
    """Return the font that an element states or that a rule gives it; empty for none."""
    if stated := _first_family(element.get("style") or ""):
        return stated
    tag = str(element.tag).lower()
    for name in (element.get("class") or "").lower().split()[:10]:
        if found := rules.get((tag, name)) or rules.get(("", name)):
            return found
    face = (element.get("face") or "").split(",")[0]
    return face or rules.get((tag, ""), "")


def _rules(tree: HtmlElement) -> dict[tuple[str, str], str]:
    """Return the fonts that the rules of a page give to elements and classes, in lower case."""
    rules: dict[tuple[str, str], str] = {}
    for style in tree.iter("style"):
        for rule in (style.text or "").split("}", _MAX_RULES)[:_MAX_RULES]:
            selectors, _, stated = rule.rpartition("{")
            family = _first_family(stated)
            for selector in selectors.split(",") if family else ():
                simple = _SELECTOR.match((selector.split() or [""])[-1])
                if simple and simple[0]:
                    rules[(simple[1] or "").lower(), (simple[2] or "").lower()] = family
    return rules


def _first_family(style: str) -> str:
    found = _FAMILY.search(style)
    return found[1].split(",")[0].strip(" \t\n\"'").replace("\\", "") if found else ""

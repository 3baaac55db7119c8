"""The lines that a page shows its reader, without menus, comments and other articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.text.dates.grammar import dates_in
from rag.text.dates.stated import iso_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div"}
    | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "nav", "ol", "p", "pre"}
    | {"section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_UNSEEN = frozenset(
    {"head", "title", "script", "style", "template", "noscript", "svg", "iframe", "object"}
    | {"select", "textarea", "nav", "aside"}
)
_OTHER_PARTS = re.compile(
    r"(?:^|\s)(?:comments?|replies|respond|disqus|pinglun|related|recommend(?:ed|ations?)?|sidebar"
    r"|side-bar|trending|popular|most-(?:read|viewed|popular)|footer|copyright|newsletter|archives?)"
    r"(?:[_-](?!open|closed|none|off|count|enabled|disabled)[\w-]{0,60})?(?=\s|$)",
    re.IGNORECASE,
)
"""Names and classes of the parts of a page that are not its article: comments, other articles. Our
own list, chosen manually from pages; not tuned."""

_HIDDEN = re.compile(r"display\s?:\s?none", re.IGNORECASE)
_MAX_NAMES = 300
"""Characters of the attributes of an element that are looked at."""


@dataclass(frozen=True)
class ShownLine:
    """A line that a page shows.

    Attributes:
        text: of the line.
        path: names and classes of the elements that it is in; the same for all rows of a list.
        in_heading: whether it is part of an ``h1`` heading.
    """

    text: str
    path: str
    in_heading: bool


def shown_lines(tree: HtmlElement) -> list[ShownLine]:
    """Return the lines that a page shows of its own article, in order.

    The date that a ``time`` element states to programs is added to the text that it shows.
    """
    from lxml import etree

    lines: list[ShownLine] = []
    pieces: list[str] = []
    place: HtmlElement | None = None
    headings = 0
    # An element's names may be long, and many lines may be in it.
    names: dict[HtmlElement, str] = {}

    def end_line() -> None:
        text = " ".join(" ".join(pieces).split())
        if text:
            lines.append(ShownLine(text, _path(place, names), headings > 0))
        pieces.clear()

    kept = _kept(tree)
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        text = element.text if event == "start" else element.tail
        if event == "start" and element not in kept and _is_other(element):
            walk.skip_subtree()
            text = None
        if event == "end" and element.tag == "time":
            pieces.append(_instant(element))
        if event in ("start", "end") and element.tag in _BLOCKS:
            end_line()
        if element.tag == "h1":
            headings += {"start": 1, "end": -1}[event]
        if text and not text.isspace():
            if not pieces:
                place = element if event == "start" else element.getparent()
            pieces.append(text)
    end_line()
    return lines


def _kept(tree: HtmlElement) -> set[HtmlElement]:
    """Return the elements that are part of the article, whatever their names and classes are."""
    around: set[HtmlElement] = set()
    for heading in tree.iter("h1"):
        for above in heading.iterancestors():
            if above in around:
                break
            around.add(above)
    return around.union([tree], tree.iter("body", "article", "main", "h1"))


def _is_other(element: HtmlElement) -> bool:
    """Tell whether an element is not shown, or is not part of the article."""
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    if element.tag == "footer" and next(element.iterancestors("article", "main"), None) is None:
        return True
    if _HIDDEN.search((element.get("style") or "")[:_MAX_NAMES]):
        return True
    return any(
        _OTHER_PARTS.search((element.get(name) or "")[:_MAX_NAMES]) for name in ("class", "id")
    )


def _instant(element: HtmlElement) -> str:
    """Return the date that a ``time`` element states to programs, unless it shows another day."""
    iso = iso_date(element.get("datetime") or "")
    if iso is None:
        return ""
    shown = dates_in(str(element.text_content())[:_MAX_NAMES], day_first=True)
    return f" {iso}" if not shown or any(date.iso[:10] == iso[:10] for date in shown) else ""


def _path(element: HtmlElement | None, known: dict[HtmlElement, str]) -> str:
    """Return the names and classes of an element and of the two elements around it.

    Args:
        element: the element.
        known: those of the elements that were met before; it is added to.
    """
    names: list[str] = []
    while element is not None and len(names) < 3:
        if element not in known:
            known[element] = f"{element.tag}.{element.get('class') or ''}"[:_MAX_NAMES]
        names.append(known[element])
        element = element.getparent()
    return "/".join(names)

"""The lines that a page shows its reader, without menus, comments and other stories."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.text.dates import dates_in, iso_date

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
"""Names of the parts of a page that are not its article: what readers say, other stories."""

_HIDDEN = re.compile(r"display\s?:\s?none", re.IGNORECASE)
_NAMES = 300
"""Characters of the names of an element that are looked at."""


@dataclass(frozen=True)
class Line:
    """A line that a page shows.

    Attributes:
        text: of the line.
        home: elements that it stands in, by names and classes: alike for the rows of a list.
        in_heading: whether it is of a first-order heading.
    """

    text: str
    home: str
    in_heading: bool


def shown_lines(tree: HtmlElement) -> list[Line]:
    """Return the lines that a page shows of its own article, in order.

    What a time element states to programs is added to what it shows.
    """
    from lxml import etree

    lines: list[Line] = []
    pieces: list[str] = []
    home: HtmlElement | None = None
    headings = 0

    def end_line() -> None:
        text = " ".join(" ".join(pieces).split())
        if text:
            lines.append(Line(text, _names(home), headings > 0))
        pieces.clear()

    kept = _kept(tree)
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        text = element.text if event == "start" else element.tail
        if event == "start" and element not in kept and _is_elsewhere(element):
            walk.skip_subtree()
            text = None
        if event == "end" and element.tag == "time":
            pieces.append(_instant(element))
        if event in ("start", "end") and element.tag in _BLOCKS:
            end_line()
        if element.tag == "h1":
            headings += {"start": 1, "end": -1}[event]
        if text and not text.isspace():
            home = home if pieces else element if event == "start" else element.getparent()
            pieces.append(text)
    end_line()
    return lines


def _kept(tree: HtmlElement) -> set[HtmlElement]:
    """Return the elements that are of the article whatever they are called."""
    about: set[HtmlElement] = set()
    for heading in tree.iter("h1"):
        for above in heading.iterancestors():
            if above in about:
                break
            about.add(above)
    return about.union([tree], tree.iter("body", "article", "main", "h1"))


def _is_elsewhere(element: HtmlElement) -> bool:
    """Tell whether an element is not shown, or is no part of the article."""
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    if element.tag == "footer" and next(element.iterancestors("article", "main"), None) is None:
        return True
    if _HIDDEN.search((element.get("style") or "")[:_NAMES]):
        return True
    return any(_OTHER_PARTS.search((element.get(name) or "")[:_NAMES]) for name in ("class", "id"))


def _instant(element: HtmlElement) -> str:
    """Return what a time element states to programs, unless it shows another day."""
    iso = iso_date(element.get("datetime") or "")
    if iso is None:
        return ""
    shown = dates_in(str(element.text_content())[:_NAMES], day_first=True)
    return f" {iso}" if not shown or any(date.iso[:10] == iso[:10] for date in shown) else ""


def _names(element: HtmlElement | None) -> str:
    """Return the names and classes of an element and the two about it."""
    names: list[str] = []
    while element is not None and len(names) < 3:
        names.append(f"{element.tag}.{element.get('class') or ''}"[:_NAMES])
        element = element.getparent()
    return "/".join(names)

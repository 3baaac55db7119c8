"""Lines of a page that its markup shows to be about other pages of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.pages.line_forms import ends_sentence
from rag.readers.pages.repeated_lines import line_key
from rag.readers.pages.site_links import hosts_of, leads_elsewhere
from rag.readers.paragraphs import paragraph_width
from rag.text.width import width

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CONTAINERS = frozenset(
    {"article", "aside", "blockquote", "body", "dd", "details", "div", "figure", "footer", "form"}
    | {"header", "li", "main", "nav", "section", "table", "td", "th"}
)
_LINES = _CONTAINERS | frozenset(
    {"br", "caption", "center", "dl", "dt", "fieldset", "figcaption", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "hr", "html", "ol", "p", "pre", "summary", "tbody", "tr", "ul"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNSEEN = frozenset({"head", "script", "style", "template", "noscript", "svg", "iframe", "select"})
_WHOLE = frozenset({"html", "body", "article", "main"})

_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:related(?:box|(?:one)?news(?:box)?|posts|articles|stories)?|relate|recommend(?:ed|ations?)?|read-?more|more-?(?:news|stories)"
    r"|most-?(?:read|viewed)"
    r"|lien-?quan|tin-?khac|tinlienquan|doc-?them|xem-?them|cung-?chuyen-?muc|teasers?|xiangguan"
    r"|tuijian"
    r"|newsletter|signup|sign-up|share|sharing|addthis|comments?|binh-?luan|pinglun|sponsored"
    r"|advertisement|outbrain|taboola|app-?download|qr-?code|erweima|hotline)"
    r"(?![_-]?(?:open|closed|none|off|count|enabled|disabled))(?:[\s_-]|$)",
    re.IGNORECASE,
)
"""Names and classes of the parts of a page that are about other pages, or about the site. Our own
list, chosen manually; not tuned."""

_ARROWS = " >»›▶►👉☞*•·-–—|"
"""Marks that may stand before a link."""

_MIN_TITLE = 20
"""Width of a link that may be a title. Chosen manually, not tuned."""

_MAX_TEASER = 3
"""Lines of a part that has a title, and perhaps a caption and a summary. Chosen manually, not
tuned."""

_MAX_LINES, _MAX_LINE = 5000, 400
"""Lines of a page, and characters of each, that are looked at."""

_MAX_NAMES = 300
"""Characters of the attributes of an element that are looked at."""


@dataclass(frozen=True)
class _Line:
    """A line of a page.

    Attributes:
        text: of the line.
        linked: whether it is a link to another page of the site and nothing else.
        in_heading: whether it is a heading.
        among_others: whether it is in a part named for other pages.
        container: the number of the part that it is in.
    """

    text: str
    linked: bool
    in_heading: bool
    among_others: bool
    container: int


def linked_lines(tree: HtmlElement | None, url: str | None, headline: str) -> frozenset[str]:
    """Return the keys of lines that are about other pages, as :func:`line_key` makes them.

    These are lines that are a link to another page of the site and nothing else, the summaries
    beside such links, and the lines of parts that are named for related stories, newsletters,
    sharing or comments. A line that the page has elsewhere too is none of them.

    Args:
        tree: the page; None if it is empty.
        url: of the page, if it is known.
        headline: of the page's article, which many pages link to themselves.
    """
    if tree is None:
        return frozenset()
    lines = list(_lines(tree, hosts_of(tree, url)))
    paragraphs = [line for line in lines if paragraph_width(line.text) and ends_sentence(line.text)]
    # Classes such as "share-wrapper" may be around the article.
    is_named = 2 * sum(line.among_others for line in paragraphs) < len(paragraphs)
    teasers = _teasers(lines)
    found = {line_key(row) for row in _rows(lines, teasers)}
    own: set[str] = {line_key(headline), ""}
    for line in lines:
        is_title = line.linked and not line.in_heading and width(line.text) >= _MIN_TITLE
        is_other = is_title or line.container in teasers or (is_named and line.among_others)
        keys = found if is_other else own
        keys.update((line_key(line.text), line_key(line.text.lstrip(_ARROWS))))
    return frozenset(found - own)


def _rows(lines: Sequence[_Line], teasers: Set[int]) -> Iterator[str]:
    """Yield the lines of each teaser as one line, as extractors write the cells of tables."""
    parts: dict[int, list[str]] = {}
    for line in lines:
        if line.container in teasers or line.among_others:
            parts.setdefault(line.container, []).append(line.text)
    for part in parts.values():
        if len(part) <= _MAX_TEASER:
            yield f"| {' '.join(part)} |"


def _teasers(lines: Sequence[_Line]) -> set[int]:
    """Return the parts of a page that have the linked title of another page and its summary.

    Cards of products that an article is about have their links behind their texts.
    """
    parts: dict[int, list[_Line]] = {}
    for line in lines:
        parts.setdefault(line.container, []).append(line)
    return {number for number, part in parts.items() if _is_teaser(part)}


def _is_teaser(part: Sequence[_Line]) -> bool:
    if not 1 < len(part) <= _MAX_TEASER:
        return False
    before = part[:-1]
    titled = any(
        line.linked and width(line.text) >= _MIN_TITLE and not ends_sentence(line.text)
        for line in before
    )
    return titled and not any(paragraph_width(line.text) and not line.linked for line in before)


def _lines(tree: HtmlElement, hosts: frozenset[str]) -> Iterator[_Line]:
    """Yield the lines of a page.

    Args:
        tree: the page.
        hosts: of the site.
    """
    from lxml import etree

    pieces: list[str] = []
    linked: list[bool] = []
    containers, others = [0], [False]
    number, count, links, headings = 0, 0, 0, 0
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        text = element.text if event == "start" else element.tail
        tag = element.tag if event in ("start", "end") else ""
        if tag in _LINES and (line := " ".join(" ".join(pieces).split())):
            pieces.clear()
            all_linked, in_heading = bool(linked) and all(linked), headings > 0
            linked.clear()
            if len(line) <= _MAX_LINE:
                yield _Line(line, all_linked, in_heading, others[-1], containers[-1])
                count += 1
            if count >= _MAX_LINES:
                return
        if event == "start":
            if tag in _UNSEEN:
                walk.skip_subtree()
                text = None
            if tag in _CONTAINERS:
                number += 1
                containers.append(number)
                others.append(others[-1] or (tag not in _WHOLE and _is_other(element)))
            links += tag == "a" and leads_elsewhere(element, hosts)
            headings += tag in _HEADINGS
        elif event == "end":
            if tag in _CONTAINERS:
                containers.pop()
                others.pop()
            links -= tag == "a" and leads_elsewhere(element, hosts)
            headings -= tag in _HEADINGS
        if text and not text.isspace():
            pieces.append(text)
            if any(map(str.isalnum, text)):
                linked.append(links > 0)


def _is_other(element: HtmlElement) -> bool:
    return any(
        _OTHERS.search((element.get(name) or "")[:_MAX_NAMES]) for name in ("class", "id", "type")
    )

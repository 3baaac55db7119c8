"""The blocks of text that a page shows, in order: paragraphs, headings, items, cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.readers.pages.site_links import leads_to_other_site
from rag.readers.pages.story.part_names import named_part

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p"}
    | {"pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_OF_LINES = frozenset(
    {"blockquote", "caption", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"li", "p", "pre", "summary", "td", "th"}
)
"""Blocks whose own elements are parts of one line, and not lines of their own."""

_UNSEEN = frozenset(
    {"head", "title", "script", "style", "template", "noscript", "svg", "iframe", "object"}
    | {"select", "textarea", "button", "input", "audio", "video", "canvas", "datalist", "rt", "rp"}
    | {"label", "legend"}
)
_HIDDEN = re.compile(r"display\s?:\s?none|visibility\s?:\s?hidden", re.IGNORECASE)
_STAMP = re.compile(r"location|stamp|dateline|place", re.IGNORECASE)
"""Classes of the place before the first word of a lead, which a page sets apart by its style."""

_HAN = re.compile("[\u3400-\u9fff，、]")
_MAX_NAMES = 300
"""Characters of the attributes of an element that are looked at."""

_MAX_ROW = 400
"""Characters of a row of a table that is one block; longer rows lay out a page."""

_ENDS = (".", "。", "!", "?", "！", "？", "…", "”", '"', ":", "：", ";", "；")


@dataclass(frozen=True, eq=False)
class Block:
    """A block of text; lines of a paragraph that are links are blocks of their own.

    Attributes:
        text: of the block.
        place: the innermost element of the page that holds all of it.
        row: the row of a table that it is in.
        in_heading: whether it is part of an ``h1`` heading.
        is_linked: whether most of it is a link.
        is_anchor: whether that link leads to a part of the page itself.
        below_picture: whether a picture stands right before it.
    """

    text: str
    place: HtmlElement
    row: HtmlElement | None
    in_heading: bool
    is_linked: bool
    is_anchor: bool
    below_picture: bool


class _Walk:
    """The state of a walk through a page."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._lines: list[tuple[str, bool, bool]] = []
        self._pieces: list[str] = []
        self._linked = self._anchored = 0
        self.is_anchor = False
        self._place: HtmlElement | None = None
        self._row: HtmlElement | None = None
        self.around: list[HtmlElement] = []
        self.rows: list[HtmlElement] = []
        self.links = self.headings = 0
        self.picture = False

    def add(self, text: str) -> None:
        """Add text to the line that is open."""
        if not self._pieces and not text.strip():
            return
        if self._place is None and self.around:
            self._place = self.around[-1]
            self._row = self.rows[-1] if self.rows else None
        self._pieces.append(text)
        if self.links:
            self._linked += len(text.strip())
            self._anchored += len(text.strip()) if self.is_anchor else 0

    def end_line(self) -> None:
        """End the line that is open."""
        if line := " ".join("".join(self._pieces).split()):
            is_linked = 2 * self._linked > len(line)
            self._lines.append((line, is_linked, is_linked and self._anchored == self._linked))
        self._pieces.clear()
        self._linked = self._anchored = 0

    def end_block(self) -> None:
        """End the block that is open, if it has text."""
        self.end_line()
        if self._place is not None:
            for (is_linked, is_anchor), lines in groupby(self._lines, key=lambda line: line[1:]):
                self.blocks.append(
                    Block(
                        _joined([line for line, *_ in lines]),
                        self._place,
                        self._row,
                        self.headings > 0,
                        is_linked,
                        is_anchor,
                        self.picture,
                    )
                )
                self.picture = False
        self._lines.clear()
        self._place = None


def page_blocks(tree: HtmlElement, hosts: frozenset[str] = frozenset()) -> list[Block]:
    """Return the blocks of text that a page shows, in order.

    Args:
        tree: of the page.
        hosts: of its site, if they are known: what links to other sites is part of a story.
    """
    from lxml import etree

    walk = _Walk()
    as_blocks: set[HtmlElement] = set()
    unseen: HtmlElement | None = None
    apart: dict[HtmlElement, bool] = {}
    steps = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in steps:
        if event in ("comment", "pi"):
            walk.add(element.tail or "")
            continue
        tag = element.tag
        is_start = event == "start"
        if is_start and _is_unseen(element):
            steps.skip_subtree()
            unseen = element
            walk.picture = walk.picture or tag in ("video", "iframe")
            continue
        if element is unseen or tag == "br":
            if tag in _BLOCKS:
                walk.end_block()
            elif is_start:
                walk.end_line()
            if not is_start:
                walk.add(element.tail or "")
            continue
        if is_start and tag not in _BLOCKS and _stands_apart(element, walk.around, apart):
            as_blocks.add(element)
        is_block = tag in _BLOCKS or element in as_blocks
        if is_start:
            if is_block:
                walk.end_block()
                walk.around.append(element)
            walk.rows += [element] if tag == "tr" else []
            if tag == "a":
                walk.links += not leads_to_other_site(element, hosts)
                walk.is_anchor = "#" in (element.get("href") or "")[:-1]
            walk.headings += tag == "h1"
            walk.picture = walk.picture or tag in ("img", "picture")
            walk.add(element.text or "")
            continue
        if is_block:
            walk.end_block()
            walk.around.pop()
        elif _STAMP.search((element.get("class") or "")[:_MAX_NAMES]):
            walk.add(" ")
        if tag == "tr":
            walk.rows.pop()
        walk.links -= tag == "a" and not leads_to_other_site(element, hosts)
        walk.headings -= tag == "h1"
        walk.add(element.tail or "")
    walk.end_block()
    return list(_rows_joined(walk.blocks))


def _rows_joined(blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks; the short cells of a row become one block, in the form of trafilatura."""
    for row, group in groupby(blocks, key=lambda block: block.row):
        cells = list(group)
        if row is None or len(cells) < 2 or sum(len(cell.text) for cell in cells) > _MAX_ROW:
            yield from cells
            continue
        yield Block(
            f"| {' | '.join(cell.text for cell in cells)} |",
            row,
            row,
            any(cell.in_heading for cell in cells),
            all(cell.is_linked for cell in cells),
            all(cell.is_anchor for cell in cells),
            cells[0].below_picture,
        )


def _is_unseen(element: HtmlElement) -> bool:
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    return bool(_HIDDEN.search((element.get("style") or "")[:_MAX_NAMES]))


def _stands_apart(
    element: HtmlElement, around: list[HtmlElement], known: dict[HtmlElement, bool]
) -> bool:
    """Tell whether an element within lines is a block, because it stands among blocks.

    Args:
        element: the element.
        around: the blocks that it is in.
        known: what was found out about blocks before; it is added to.
    """
    parent = element.getparent()
    if not around or parent is not around[-1] or parent.tag in _OF_LINES:
        return False
    if named_part(element) is not None:
        return True
    if parent not in known:
        children = list(parent)
        known[parent] = any(child.tag in _BLOCKS for child in children) and not any(
            (text or "").strip() for text in (parent.text, *(child.tail for child in children))
        )
    return known[parent]


def _joined(lines: list[str]) -> str:
    """Return lines as one text; one that ends within a sentence goes on in the next."""
    text = lines[0]
    for line in lines[1:]:
        between = "" if _HAN.match(text[-1]) and _HAN.match(line) else " "
        text += ("\n" if text.endswith(_ENDS) else between) + line
    return text

"""Markdown with optional YAML front matter: each file is an article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.fields import article_fields, described_by
from rag.readers.formats.front_matter import front_matter
from rag.readers.pages.html_text import html_text
from rag.readers.pages.readings import HAS_READINGS
from rag.readers.pages.tables import HAS_TABLES
from rag.readers.reading_options import Reading
from rag.readers.table_rows import Cell, row_lines
from rag.records.new_article import make_article
from rag.text.joining.han_spaces import closed_up
from rag.text.joining.wrapped_lines import unwrapped
from tamngu.records.article import Article

if TYPE_CHECKING:
    from markdown_it.token import Token

# A comment without an end goes on to the end of its block, as in browsers: looking for the end of
# each of many would take hours.
_TAG = re.compile(r"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|<[^<>]*+>")
_READING = re.compile(r"<(?:/?(?:rt|rp|rtc)|/ruby)\b", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]*+>", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)

_WRAPPED = 40
"""Columns of a line from which on its end is only a wrap, if nothing speaks against it. Chosen
manually, not tuned: lines of verse and of addresses are mostly shorter."""

_ALWAYS_CELLS, _CELLS_FOR_MARK = 50_000, 4
"""Cells of tables that a file may have: so many, and so many for each mark between cells. The
parser fills each row up to the columns of its header; 15,000 cells take .1 s and 16 MB. The second
was chosen manually, not tuned: rows are rarely a quarter as long as the longest line around
them."""


def read_markdown(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article without markup; its fields come from the front matter.

    If the front matter has no title, the first heading is the title.

    Raises:
        ValueError: the front matter is broken, or there is no text.
    """
    text = decode(document.read(), document.charset).replace("\r\n", "\n").removeprefix("\ufeff")
    known: dict[str, object] = {}
    found = _FRONT_MATTER.match(text)
    front = front_matter(found[1]) if found else None
    if found and front is not None:
        known, text = front, text[found.end() :]
    heading, body = plain_text(text)
    fields = article_fields(known, text=body)
    fields["title"] = fields.get("title") or heading
    yield make_article(body, key=document.key, **described_by(document, fields))


def plain_text(markdown: str) -> tuple[str | None, str]:
    r"""Return the first heading, if any, and the text: blocks as paragraphs, without markup.

    Tables stay as they are written if their rows are far shorter than their headers.

    >>> plain_text("# Visit\n\nThe *first* one, see [there](x).\n\n- a\n- b")
    ('Visit', 'Visit\n\nThe first one, see there.\n\na\n\nb')
    """
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    heading = None
    opened = ""
    table = _Table()
    parser = MarkdownIt("commonmark")
    if _cells(markdown) <= max(_ALWAYS_CELLS, _CELLS_FOR_MARK * markdown.count("|")):
        parser.enable("table")
    for token in parser.parse(markdown):
        if table.takes(token):
            if token.type == "table_close":
                blocks.append("\n".join(row_lines(table.rows, 1)))
                table = _Table()
        elif token.type == "inline":
            blocks.append(_block_text(token.children or []))
            if heading is None and opened == "heading_open":
                heading = blocks[-1]
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content)
        elif token.type == "html_block":
            blocks.append(_text_of_html(token.content))
        opened = token.type
    return heading, "\n\n".join(block.strip() for block in blocks if block.strip())


class _Table:
    """A table while its tokens come."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows: list[list[Cell]] = []
        self._open = False

    def takes(self, token: Token) -> bool:
        """Tell whether a token belongs to a table, and keep what it says."""
        self._open = self._open or token.type == "table_open"
        if self._open and token.type == "tr_open":
            self.rows.append([])
        elif self._open and token.type == "inline":
            text = _block_text(token.children or [])
            self.rows[-1].append(Cell(" ".join(text.split())))
        return self._open


def _cells(markdown: str) -> int:
    """Return how many cells tables have at most once their rows are filled up.

    A table ends at a blank line, and has no more columns than one of its lines has marks.
    """
    cells = 0
    for blank, lines in groupby(markdown.split("\n"), key=lambda line: not line.strip()):
        if not blank:
            marks = [line.count("|") + 1 for line in lines]
            cells += max(marks) * len(marks) if max(marks) > 1 else 0
    return cells


def _block_text(tokens: Sequence[Token]) -> str:
    """Return the text of a block; lines stay only where they are meant as lines."""
    lines = [""]
    reading = False
    for token in tokens:
        if token.type == "html_inline" and _READING.match(token.content):
            reading = not token.content.startswith("</")
        elif token.type == "hardbreak":
            lines.append("")
        elif not reading:
            lines[-1] += _inline_text(token)
    return "\n".join(unwrapped(closed_up(line), soft_from=_WRAPPED) for line in lines)


def _inline_text(token: Token) -> str:
    if token.type == "softbreak":
        return "\n"
    if token.type == "html_inline":
        return "\n" if token.content.lower().startswith("<br") else ""
    return str(token.content) if token.type in ("text", "code_inline", "image") else ""


def _text_of_html(html: str) -> str:
    """Return the text of a block of HTML; a broken one loses its tags only."""
    if not HAS_TABLES.search(html) and not HAS_READINGS.search(html):
        return _without_tags(html)
    try:
        return html_text(html)
    except ValueError:
        return _without_tags(html)


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", html)))

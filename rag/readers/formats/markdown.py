"""Markdown with optional YAML front matter: each file is an article."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.fields import article_fields, described_by
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d)\b[^>]*>", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article without markup; its fields come from the front matter.

    If the front matter has no title, the first heading is the title.

    Raises:
        ValueError: the front matter is broken, or there is no text.
    """
    text = decode(document.read(), document.charset).replace("\r\n", "\n").removeprefix("\ufeff")
    known: dict[str, Any] = {}
    found = _FRONT_MATTER.match(text)
    front = _front_matter(found[1]) if found else None
    if found and front is not None:
        known, text = front, text[found.end() :]
    heading, body = plain_text(text)
    fields = article_fields(known)
    fields["title"] = fields.get("title") or heading
    yield make_article(body, key=document.key, **described_by(document, fields))


def plain_text(markdown: str) -> tuple[str | None, str]:
    r"""Return the first heading, if any, and the text: blocks as paragraphs, without markup.

    >>> plain_text("# Visit\n\nThe *first* one, see [there](x).\n\n- a\n- b")
    ('Visit', 'Visit\n\nThe first one, see there.\n\na\n\nb')
    """
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    heading = None
    opened = ""
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "inline":
            parts = (_inline_text(child) for child in token.children or [])
            blocks.append("".join(parts))
            if heading is None and opened == "heading_open":
                heading = blocks[-1]
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content)
        elif token.type == "html_block":
            blocks.append(_without_tags(token.content))
        opened = token.type
    return heading, "\n\n".join(block.strip() for block in blocks if block.strip())


def _inline_text(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "html_inline":
        return "\n" if token.content.lower().startswith("<br") else ""
    return str(token.content) if token.type in ("text", "code_inline", "image") else ""


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", html)))


def _front_matter(text: str) -> dict[str, Any] | None:
    """Return the names and values; None if the text between the rules has no names.

    Raises:
        ValueError: it is not valid YAML.
    """
    import yaml

    try:
        known = yaml.safe_load(text)
    except RecursionError:
        raise ValueError("its front matter is nested too deeply") from None
    except yaml.YAMLError as error:
        raise ValueError(
            f"its front matter is not valid YAML: {str(error).splitlines()[0]}"
        ) from None
    if known is None:
        return {}
    if not isinstance(known, dict):
        return None
    return {
        str(name): value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in known.items()
    }

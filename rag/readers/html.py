"""Web pages: the main text and what the page says of itself, by trafilatura."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from rag.article import Article, make_article
from rag.readers.decode import Undecodable, decode_html
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection

_SENTENCE = re.compile(r"[^\n]{10}(?:[。！？]|[.!?…][\"'”’»)]*(?:\s|$))")
"""Ten characters and a full stop: menus and link lists, which trafilatura hands on when it finds
nothing better, have none."""


def read_html(path: Path, source: str, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the page's article; a page without one is rejected."""
    try:
        yield page_article(decode_html(path.read_bytes()), key=str(path.resolve()), source=source)
    except (Undecodable, ValueError) as error:
        yield Rejection(str(path), str(error))


def page_article(html: str, *, key: str, source: str) -> Article:
    """Return the article of a page.

    Raises:
        ValueError: there is none.
    """
    import trafilatura

    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    if found is None or isinstance(found, dict) or not _SENTENCE.search(found.text or ""):
        raise ValueError("there is no article in this page")
    return make_article(
        found.text or "",
        key=key,
        title=found.title or _title(html),
        url=_own_url(found.url),
        source=found.sitename or source,
        published_at=found.date,
        authors=[name.strip() for name in (found.author or "").split(";")],
        tags=found.tags or [],
    )


def _own_url(url: str | None) -> str | None:
    """Return the page's URL; some sites give that of their front page on every page."""
    return url if url and urlsplit(url).path.strip("/") else None


def _title(html: str) -> str | None:
    """Return what the page's title element says."""
    from lxml import etree
    from lxml.html import document_fromstring

    try:
        title = document_fromstring(html.encode()).findtext(".//title")
    except etree.ParserError:
        return None
    return None if title is None else str(title)

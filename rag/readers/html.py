"""Web pages: the main text and what the page says of itself, by trafilatura and resiliparse.

trafilatura is the more precise; where a page is laid out in a way that it does not know it stops
early, and resiliparse, which goes by rules for what is not main text, gives the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.article import Article, clean, make_article
from rag.boilerplate import story_of
from rag.readers.decode import Undecodable, decode_html
from rag.readers.reading import DEFAULT_READING, Reading
from rag.readers.rejection import Rejection

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_SENTENCE = re.compile(r"[^\n]{10}(?:[。！？]|[.!?…][\"'”’»)]*(?:\s|$))")
"""Ten characters and a full stop: menus and link lists, which trafilatura hands on when it finds
nothing better, have none."""


_DATE_IN_MARKUP = re.compile(r"published_time|datePublished", re.IGNORECASE)
_SHOWN_TIME = re.compile(
    r"((?:19|20)\d\d)\s{0,9}(?:年|[-/.])\s{0,9}(\d{1,2})\s{0,9}(?:月|[-/.])\s{0,9}(\d{1,2})"
    r"\s{0,9}日?\s{0,9}(?:星期.)?[\s|(（]{0,9}(\d{1,2})[:：](\d\d)"
)

_LONGER = 4 / 3
"""Times trafilatura's text from which on resiliparse's is taken. On 34 Chinese and 60 English pages
the mean F1 of words is .900 and .949 so, of trafilatura alone .868 and .924; 1.2 and 1.5 give as
much within .004, on either half of the pages."""


def read_html(path: Path, source: str, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the page's article; a page without one is rejected."""
    try:
        html = decode_html(path.read_bytes())
        yield page_article(html, key=str(path.resolve()), source=source, reading=reading)
    except (Undecodable, ValueError) as error:
        yield Rejection(str(path), str(error))


def page_article(
    html: str, *, key: str, source: str, reading: Reading = DEFAULT_READING
) -> Article:
    """Return the article of a page.

    Raises:
        ValueError: there is none.
    """
    import trafilatura

    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    if isinstance(found, dict):
        found = None
    text = clean(_main_text(html, (found.text if found else None) or ""))
    if not _SENTENCE.search(text):
        raise ValueError("there is no article in this page")
    story = None if reading.keep_boilerplate else story_of(text)
    if found is None:
        article = make_article(
            story.text if story else text,
            key=key,
            title=_title(html),
            source=source,
            published_at=_stated_time(html) or (story.published_at if story else None),
        )
    else:
        article = _described(found, story.text if story else text, html, key, source)
    if story and story.cut:
        reading.on_cut(article, story.cut)
    return article


def _main_text(html: str, found: str) -> str:
    """Return what trafilatura found, or resiliparse's text where that is a good deal longer."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    second: str = extract_plain_text(
        HTMLTree.parse(html), main_content=True, alt_texts=False, links=False, comments=False
    )
    return second if len(second) > _LONGER * len(found) else found


def _described(found: Document, text: str, html: str, key: str, source: str) -> Article:
    """Return an article with what trafilatura found out about it."""
    return make_article(
        text,
        key=key,
        title=found.title or _title(html),
        url=_own_url(found.url),
        source=found.sitename or source,
        published_at=_stated_time(html) or found.date,
        authors=[name.strip() for name in (found.author or "").split(";")],
        tags=found.tags or [],
    )


def _stated_time(html: str) -> str | None:
    """Return the first date with a time of day that a page shows, where its markup states none.

    Chinese news pages have it under the title. Of 25 that have a date 22 are right so, 16 by what
    trafilatura takes for one.
    """
    if _DATE_IN_MARKUP.search(html):
        return None
    found = _SHOWN_TIME.search(_shown(html))
    if found is None:
        return None
    try:
        year, month, day, hour, minute = map(int, found.groups())
        return datetime(year, month, day, hour, minute).isoformat()
    except ValueError:
        return None


def _own_url(url: str | None) -> str | None:
    """Return the page's URL; some sites give that of their front page on every page."""
    return url if url and urlsplit(url).path.strip("/") else None


def _title(html: str) -> str | None:
    """Return what the page's title element says."""
    tree = _tree(html)
    title = None if tree is None else tree.findtext(".//title")
    return None if title is None else str(title)


def _shown(html: str) -> str:
    """Return all the text that a page shows."""
    tree = _tree(html)
    if tree is None:
        return ""
    for unseen in list(tree.iter("script", "style", "template")):
        unseen.text = None
    return str(tree.text_content())


def _tree(html: str) -> HtmlElement | None:
    """Return a page as a tree; None where there is nothing in it."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        # What the page says of its encoding no longer holds.
        return document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        return None

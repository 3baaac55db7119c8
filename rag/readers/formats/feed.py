"""Feeds as files (.rss, .atom, .xml): an article for each entry that holds its whole text."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.document import Document
from rag.readers.listing import Entry, is_sitemap, listed
from rag.readers.pages.html_text import html_text
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection
from rag.records.new_article import make_article
from tamngu.records.article import Article

_TEASER = 200
"""Characters under which an entry's summary is only an invitation to read the page."""


def read_feed(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the entries; those with a summary only are rejected, the rest read on.

    Raises:
        ValueError: it is no feed, or nothing is in it.
    """
    data = document.read()
    if is_sitemap(data):
        raise ValueError("it only names pages: ingest the URL of this sitemap to have them fetched")
    entries = listed(data, document.url)
    if not entries:
        raise ValueError("there is no entry in it")
    for number, entry in enumerate(entries, start=1):
        try:
            yield entry_article(entry, document)
        except ValueError as error:
            yield Rejection(f"{document.name} entry {number}", str(error))


def entry_article(entry: Entry, document: Document) -> Article:
    """Return the article that an entry of a feed holds.

    Raises:
        ValueError: it holds none.
    """
    text = html_text(entry.html)
    if not entry.is_whole and len(text) < _TEASER:
        raise ValueError("only a summary of it is in the feed: ingest --feed URL fetches the page")
    return make_article(
        text,
        key=f"{document.key}#{entry.title}",
        title=html_text(entry.title or ""),
        url=entry.url,
        source=document.source,
        published_at=entry.published_at,
        authors=entry.authors,
    )

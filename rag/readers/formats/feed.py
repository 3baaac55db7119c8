"""Feeds as files (.rss, .atom, .xml): each entry with its whole text is an article."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.document import Document
from rag.readers.listing import Entry, is_sitemap, listed
from rag.readers.pages.html_text import html_text
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_MIN_SUMMARY = 200
"""Characters from which on an entry's summary is taken as an article. Chosen manually, not
tuned."""


def read_feed(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the entries; entries that only have a summary are rejected.

    Raises:
        ValueError: it is not a feed, or has no entries.
    """
    data = document.read()
    if is_sitemap(data):
        raise ValueError("it is a sitemap, which only lists pages; ingest its URL to fetch them")
    entries = listed(data, document.url)
    if not entries:
        raise ValueError("the feed has no entries")
    for number, entry in enumerate(entries, start=1):
        try:
            yield entry_article(entry, document)
        except ValueError as error:
            yield Rejection(f"{document.name} entry {number}", str(error))


def entry_article(entry: Entry, document: Document) -> Article:
    """Return the article of a feed's entry.

    Raises:
        ValueError: the entry has only a summary, or no text.
    """
    text = html_text(entry.html, beside=entry.title or "")
    if not entry.is_whole and len(text) < _MIN_SUMMARY:
        raise ValueError(
            "the feed has only a summary of it; `tamngu ingest --feed URL` fetches the page"
        )
    return make_article(
        text,
        key=f"{document.key}#{entry.title}",
        title=html_text(entry.title or "", beside=entry.html),
        url=entry.url,
        source=document.source,
        published_at=entry.published_at,
        authors=entry.authors,
    )

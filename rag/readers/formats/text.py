"""Plain text: one article a file, as a person wrote it or as it was scraped from a page."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.pages.boilerplate import story_of
from rag.readers.reading import Reading
from rag.records.new_article import make_article
from rag.text.cleaning import clean
from tamngu.records.article import Article


def read_text(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article; the first line of its story is the title."""
    text = clean(decode(document.read(), document.charset))
    if reading.keep_boilerplate:
        yield make_article(
            text,
            key=document.key,
            url=document.url,
            source=document.source,
            published_at=document.published_at,
        )
        return
    story = story_of(text, document.repeated)
    yield make_article(
        story.text,
        key=document.key,
        url=document.url,
        source=document.source,
        published_at=story.published_at or document.published_at,
        authors=story.authors,
        cut=story.cut,
    )

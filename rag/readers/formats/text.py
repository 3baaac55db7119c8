"""Plain text (.txt): each file is an article, written by a person or scraped from a page."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.pages.boilerplate import cut_boilerplate
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from rag.text.cleaning import clean
from rag.text.joining.han_spaces import closed_up
from rag.text.joining.wrapped_lines import unwrapped
from rag.text.legacy.misread import restored
from tamngu.records.article import Article


def read_text(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article, without boilerplate; its first line is the title.

    Spaces between single Han characters are removed, and lines that were wrapped at some width are
    joined, unless boilerplate is kept.
    """
    text = clean(restored(decode(document.read(), document.charset)))
    if reading.keep_boilerplate:
        yield make_article(
            text,
            key=document.key,
            url=document.url,
            source=document.source,
            published_at=document.published_at,
        )
        return
    page = cut_boilerplate(text, document.repeated)
    yield make_article(
        unwrapped(closed_up(page.text)),
        key=document.key,
        url=document.url,
        source=document.source,
        published_at=page.published_at or document.published_at,
        authors=page.authors,
        cut=page.cut,
    )

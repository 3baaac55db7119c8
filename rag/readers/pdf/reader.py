"""PDF files (.pdf): their text layer, with the pages for citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.readers.document import Document
from rag.readers.pdf.text import UNREAD, pdf_text
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_MAX_NAMED = 10
"""Ranges of pages that a rejection names."""


def read_pdf(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the file as one article, and a rejection for the pages that cannot be read.

    The file's date is not used: it is when the file was made, not when it was published.

    Raises:
        ValueError: it is encrypted or cut off, has only pictures, or its fonts do not say which
            letters they show.
    """
    found = pdf_text(document.read())
    yield make_article(
        found.text,
        key=document.key,
        title=found.title,
        url=document.url or found.url,
        source=document.source,
        published_at=document.published_at,
        authors=found.authors,
        pages=found.pages,
    )
    if found.unread:
        yield Rejection(f"{document.name} {_pages(found.unread)}", UNREAD)


def _pages(indices: Sequence[int]) -> str:
    """Return the numbers of pages as words, such as ``pages 2-4, 7``."""
    ranges: list[list[int]] = []
    for index in indices:
        if ranges and index == ranges[-1][1] + 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    named = [
        f"{first + 1}" if first == last else f"{first + 1}-{last + 1}"
        for first, last in ranges[:_MAX_NAMED]
    ]
    more = " and more" if len(ranges) > _MAX_NAMED else ""
    return f"page{'s' if len(indices) > 1 else ''} {', '.join(named)}{more}"

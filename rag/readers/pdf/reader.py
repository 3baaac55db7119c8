"""PDF files: their text layer, with the pages that citations name."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.document import Document
from rag.readers.pdf.text import pdf_text
from rag.readers.reading import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article


def read_pdf(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article.

    Its own date is when the file was made, not when it was published, and is not taken for that.

    Raises:
        ValueError: it is encrypted, cut off, or only pictures.
    """
    found = pdf_text(document.read())
    yield make_article(
        found.text,
        key=document.key,
        title=found.title,
        url=document.url,
        source=document.source,
        published_at=document.published_at,
        authors=found.authors,
        pages=found.pages,
    )

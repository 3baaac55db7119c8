"""PDF files (.pdf): their text layer, with the pages for citations."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.document import Document
from rag.readers.pdf.text import pdf_text
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article


def read_pdf(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article.

    The file's date is not used: it is when the file was made, not when it was published.

    Raises:
        ValueError: it is encrypted or cut off, or has only pictures.
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

"""Plain text (.txt): each file is an article, written by a person or scraped from a page."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.pages.boilerplate import cut_boilerplate, title_of
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from rag.text.cleaning import clean
from rag.text.joining.han_spaces import closed_up
from rag.text.joining.wrapped_lines import unwrapped
from rag.text.legacy.misread import restored
from tamngu.records.article import Article


def read_text(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the file as one article, without boilerplate.

    Its title is its first line, without the name of the site. Source, authors and date are those
    that the text states; the name of a file that was scraped is no source. Spaces between single
    Han characters are removed, and lines that were wrapped at some width are joined, unless
    boilerplate is kept.
    """
    text = clean(restored(decode(document.read(), document.charset)))
    page = cut_boilerplate(text, document.repeated)
    kept = text if reading.keep_boilerplate else unwrapped(closed_up(page.text))
    is_scraped = bool(page.cut or page.published_at or page.authors)
    first = title_of(text.split("\n"))
    title = first if first.site else title_of(kept.split("\n"))
    yield make_article(
        kept,
        key=document.key,
        title=title.headline if title.site else None,
        url=document.url,
        source=page.source or (document.publisher if is_scraped else document.source),
        published_at=page.published_at or document.published_at,
        authors=page.authors,
        cut=() if reading.keep_boilerplate else page.cut,
    )

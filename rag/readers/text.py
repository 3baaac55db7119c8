"""Plain text: one article a file, as a person wrote it or as it was scraped from a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.article import Article, clean, make_article
from rag.boilerplate import story_of
from rag.readers.decode import Undecodable, decode
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection


def read_text(path: Path, source: str, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the file as one article; the first line of its story is the title."""
    try:
        text = clean(decode(path.read_bytes()))
        if reading.keep_boilerplate:
            yield make_article(text, key=str(path.resolve()), source=source)
            return
        story = story_of(text)
        article = make_article(
            story.text,
            key=str(path.resolve()),
            source=source,
            published_at=story.published_at,
            authors=story.authors,
        )
        if story.cut:
            reading.on_cut(article, story.cut)
        yield article
    except (Undecodable, ValueError) as error:
        yield Rejection(str(path), str(error))

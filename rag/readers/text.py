"""Plain text: one article a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.article import Article, make_article
from rag.readers.decode import Undecodable, decode
from rag.readers.rejection import Rejection


def read_text(path: Path, source: str) -> Iterator[Article | Rejection]:
    """Yield the file as one article; its first line is the title."""
    try:
        text = decode(path.read_bytes())
        yield make_article(text, key=str(path.resolve()), source=source)
    except (Undecodable, ValueError) as error:
        yield Rejection(str(path), str(error))

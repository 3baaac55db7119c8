"""What is read of Word documents."""

from __future__ import annotations

from tests.unit.rag.readers.reading import articles
from tests.word_file import word_file


def text_of(body: str, **parts: str) -> str:
    """Return the text of a document that has no other article and nothing unread."""
    (article,) = articles("a.docx", word_file(body, related=(), **parts))
    return article.text


def lines_of(body: str, **parts: str) -> list[str]:
    """Return the paragraphs of a document, without space between them."""
    return [line for line in text_of(body, **parts).split("\n") if line]

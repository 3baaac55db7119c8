"""Which lines of a page are paragraphs, and how many paragraphs make an article."""

from __future__ import annotations

from rag.text.width import width

_MIN_PARAGRAPH = 60
"""Width from which on a line is taken to be a paragraph. Chosen manually, not tuned."""

MIN_ARTICLE = 200
"""Total width of paragraphs from which on they are taken to be an article: headings such as
"Comments" then stand below the article. Chosen manually, not tuned."""

_MAX_LOOK = 300
"""Characters of a line that are looked at; they are enough for an article."""


def paragraph_width(line: str) -> int:
    """Return the width of a line if it is a paragraph, else 0."""
    length = width(line[:_MAX_LOOK])
    return length if length >= _MIN_PARAGRAPH else 0

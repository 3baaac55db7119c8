"""A citation: a quote and the exact place where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """A verified quote: the article's text from ``start`` to ``end`` is ``quote``.

    Attributes:
        marker: its number in the answer, where it stands in brackets: ``1`` for ``[1]``.
        article_id: the article quoted.
        passage_id: the passage it was found in.
        title: the article's.
        url: the article's.
        published_at: the article's.
        language: the article's, and so the quote's.
        start: first character in the article's text.
        end: one past the last.
        quote: what stands there.
        page: the page on which it begins, of an article that has pages.
    """

    marker: str
    article_id: str
    passage_id: str
    title: str
    url: str | None
    published_at: str | None
    language: str
    start: int
    end: int
    quote: str
    page: int | None = None

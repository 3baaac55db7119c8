"""A citation: a quote and the exact place where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """A verified quote: the article's text from ``start`` to ``end`` is ``quote``.

    Attributes:
        marker: its number in the answer: ``1`` for ``[1]``.
        article_id: the article quoted.
        passage_id: the passage it was found in.
        title: the article's.
        url: the article's.
        published_at: the article's.
        language: of the article, and so of the quote.
        start: first character in the article's text.
        end: one past its last character.
        quote: the text from start to end.
        page: the page on which it begins; None for an article without pages.
        script: of the article: ``Hans`` or ``Hant`` for Chinese, else None.
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
    script: str | None = None

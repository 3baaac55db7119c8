"""A citation: a quote and the exact place where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from rag.article import Article
from rag.errors import CitationError


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


def cite(
    article: Article | None, passage_id: str, start: int, end: int, quote: str, marker: str
) -> Citation:
    """Return a citation after checking it against the article as it is stored now.

    Raises:
        CitationError: the article is gone, or the quote does not stand there.
    """
    if article is None or article.text[start:end] != quote or not quote:
        raise CitationError(f"The quote of {passage_id} does not stand in its article any more.")
    return Citation(
        marker=marker,
        article_id=article.id,
        passage_id=passage_id,
        title=article.title,
        url=article.url,
        published_at=article.published_at,
        language=article.language,
        start=start,
        end=end,
        quote=quote,
        page=article.page_of(start),
    )

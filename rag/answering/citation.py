"""Citing: every quote is compared with its article before it is returned."""

from __future__ import annotations

from rag.errors import CitationError
from tamngu.records.article import Article
from tamngu.records.citation import Citation


def cite(
    article: Article | None, passage_id: str, start: int, end: int, quote: str, marker: str
) -> Citation:
    """Return a citation, after comparing it with the stored article.

    Raises:
        CitationError: the article is gone, or its text is different at that place.
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
        script=article.script,
    )

"""Hits of articles that a test writes."""

from __future__ import annotations

from rag.text.language import identify
from tamngu.records.hit import Evidence, Hit


def hit(
    text: str,
    *,
    title: str = "",
    article: str = "a",
    start: int = 0,
    published_at: str | None = None,
    evidence: tuple[Evidence, ...] = (),
    rank: int = 1,
) -> Hit:
    """Return a hit whose passage is the whole of a text that begins at ``start`` in its article."""
    end = start + len(text)
    return Hit(
        rank=rank,
        score=1.0,
        parts={},
        passage_id=f"{article}:{start}-{end}",
        article_id=article,
        title=title,
        url=None,
        source=None,
        published_at=published_at,
        language=identify(text).code,
        start=start,
        end=end,
        text=text,
        evidence=evidence,
    )

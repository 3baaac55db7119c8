"""What retrievers of other libraries say of a passage besides its text."""

from __future__ import annotations

from typing import Any

from tamngu.records.hit import Hit


def metadata(hit: Hit) -> dict[str, Any]:
    """Return where a passage stands; ``start`` and ``end`` count its article's characters."""
    return {
        "article_id": hit.article_id,
        "passage_id": hit.passage_id,
        "title": hit.title,
        "url": hit.url,
        "published_at": hit.published_at,
        "language": hit.language,
        "start": hit.start,
        "end": hit.end,
        "page": hit.page,
        "score": hit.score,
    }


def missing(library: str, extra: str) -> ModuleNotFoundError:
    """Return the error that says how to get a library."""
    return ModuleNotFoundError(
        f"This retriever needs {library}: pip install 'tamngu[{extra}]'.", name=library
    )

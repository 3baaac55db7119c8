"""What the retrievers of all libraries share."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tamngu.records.hit import Hit, SearchResult
from tamngu.records.request import BadRequest, SearchRequest

_LOG = logging.getLogger("tamngu.adapters")


def found_hits(result: SearchResult) -> Sequence[Hit]:
    """Return the hits of a search; what is said of its conditions goes to the log, as a warning."""
    if result.notice is not None:
        _LOG.warning("%s", result.notice)
    return result.hits


def metadata(hit: Hit) -> dict[str, Any]:
    """Return the place of a passage; ``start`` and ``end`` count characters of its article."""
    return {
        "article_id": hit.article_id,
        "passage_id": hit.passage_id,
        "title": hit.title,
        "url": hit.url,
        "published_at": hit.published_at,
        "language": hit.language,
        "script": hit.script,
        "start": hit.start,
        "end": hit.end,
        "page": hit.page,
        "score": hit.score,
    }


def search_request(query: str, top_k: int, conditions: Mapping[str, Any]) -> SearchRequest:
    """Return the request of a query.

    Args:
        query: the question.
        top_k: passages wanted.
        conditions: other fields of :class:`tamngu.records.request.SearchRequest`, in forms that
            JSON has, such as ``{"languages": ["vi"], "published_from": "2024-01-01"}``.

    Raises:
        BadRequest: a condition is unknown, or has a value that cannot be.
    """
    content = {"question": query, "k": top_k, **conditions}
    try:
        return TypeAdapter(SearchRequest).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "request"
        raise BadRequest(f"{place}: {first['msg']}") from error


def missing(library: str, extra: str) -> ModuleNotFoundError:
    """Return the error that says how to install a library."""
    return ModuleNotFoundError(
        f"This retriever needs {library}: pip install 'tamngu[{extra}]'.", name=library
    )

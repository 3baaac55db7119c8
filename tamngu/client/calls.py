"""What the client asks of the service: a request, and how its answer is read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote

from tamngu.client.records import (
    ArticlePage,
    Job,
    WriteReport,
    answer_of,
    article_of,
    found_of,
    job_of,
    page_of,
    report_of,
)
from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.hit import SearchResult

Result = TypeVar("Result")

_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")


class Conditions(TypedDict, total=False):
    """What narrows a question; see :class:`api.requests.QuestionRequest`."""

    collection: str | None
    k: int
    language: str | None
    languages: Sequence[str] | None
    prefer: Literal["own"] | None
    sources: Sequence[str] | None
    tags: Sequence[str] | None
    published_from: date | str | None
    published_to: date | str | None
    article_ids: Sequence[str] | None


class SearchConditions(Conditions, total=False):
    """See :class:`api.requests.SearchRequest`."""

    copies: bool


class AskConditions(Conditions, total=False):
    """See :class:`api.requests.AskRequest`."""

    abstain_below: float | None


class ArticleFields(TypedDict, total=False):
    """What may be said of an article besides its text; see :class:`api.article_requests`."""

    id: str
    title: str
    url: str
    language: str
    source: str
    published_at: str
    authors: Sequence[str]
    tags: Sequence[str]


@dataclass(frozen=True)
class Call(Generic[Result]):
    """A request.

    Attributes:
        method: of HTTP.
        path: below the service's address.
        read: makes what the caller gets of the answer's JSON.
        json: the body, None for none.
        params: the query.
        headers: besides those of every request.
        files: to upload, instead of a body.
        repeatable: whether doing it twice is doing it once.
    """

    method: str
    path: str
    read: Callable[[Any], Result]
    json: object = None
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Path] = ()
    repeatable: bool = True


def any_call(
    method: str,
    path: str,
    json: object,
    params: Mapping[str, Any] | None,
    repeatable: bool | None,
) -> Call[Any]:
    """Return a call; what its method says decides where nobody says whether to repeat it."""
    method = method.upper()
    again = method in _REPEATABLE if repeatable is None else repeatable
    return Call(method, path, lambda content: content, json, params, repeatable=again)


def search_call(
    question: str, conditions: SearchConditions, collection: str | None
) -> Call[SearchResult]:
    """Return the call of a search."""
    return Call("POST", "/v1/search", found_of, _body(question, conditions, collection))


def ask_call(question: str, conditions: AskConditions, collection: str | None) -> Call[Answer]:
    """Return the call of a question."""
    return Call("POST", "/v1/ask", answer_of, _body(question, conditions, collection))


def article_call(article_id: str, collection: str | None) -> Call[Article]:
    """Return the call for an article.

    >>> article_call("../a b", None).path
    '/v1/articles/%2E%2E%2Fa%20b'
    """
    return Call("GET", _place(article_id), article_of, params=_named(collection))


def articles_call(after: str, limit: int, collection: str | None) -> Call[ArticlePage]:
    """Return the call for a page of the list of articles."""
    params = {"after": after, "limit": limit, **_named(collection)}
    return Call("GET", "/v1/articles", page_of, params=params)


def put_call(text: str, fields: ArticleFields, collection: str | None) -> Call[WriteReport]:
    """Return the call that brings an article in."""
    return put_many_call([{"text": text, **fields}], collection)


def put_many_call(
    articles: Iterable[Mapping[str, Any]], collection: str | None
) -> Call[WriteReport]:
    """Return the call that brings articles in, all or none."""
    body = {"articles": [dict(each) for each in articles], **_named(collection)}
    return Call("POST", "/v1/articles", report_of, body, headers=_once())


def delete_call(article_id: str, collection: str | None) -> Call[None]:
    """Return the call that deletes an article."""
    return Call("DELETE", _place(article_id), _nothing, params=_named(collection), headers=_once())


def import_files_call(files: Sequence[str | Path], collection: str | None) -> Call[Job]:
    """Return the call that uploads files."""
    paths = [Path(each) for each in files]
    return Call(
        "POST", "/v1/imports", job_of, params=_named(collection), headers=_once(), files=paths
    )


def import_pages_call(
    urls: Sequence[str], feeds: Sequence[str], collection: str | None
) -> Call[Job]:
    """Return the call that has pages fetched."""
    body = {"urls": list(urls), "feeds": list(feeds), **_named(collection)}
    return Call("POST", "/v1/imports/urls", job_of, body, headers=_once())


def evaluation_call(
    questions: Iterable[Mapping[str, Any]], name: str, collection: str | None
) -> Call[Job]:
    """Return the call that starts an evaluation."""
    body = {"questions": [dict(each) for each in questions], "name": name, **_named(collection)}
    return Call("POST", "/v1/evals", job_of, body, headers=_once())


def job_call(job_id: str) -> Call[Job]:
    """Return the call for a job."""
    return Call("GET", f"/v1/jobs/{quote(job_id, safe='')}", job_of)


def cancel_call(job_id: str) -> Call[Job]:
    """Return the call that cancels a job."""
    return Call("POST", f"/v1/jobs/{quote(job_id, safe='')}/cancel", job_of)


def _nothing(_content: object) -> None:
    return None


def _once() -> dict[str, str]:
    """Return what lets a write be sent again without being done again."""
    return {"Idempotency-Key": uuid.uuid4().hex}


def _named(collection: str | None) -> dict[str, str]:
    return {"collection": collection} if collection else {}


def _place(article_id: str) -> str:
    # Dots too: paths with segments of nothing else are rewritten on their way.
    return f"/v1/articles/{quote(article_id, safe='').replace('.', '%2E')}"


def _body(question: str, conditions: Mapping[str, object], collection: str | None) -> object:
    given = {"collection": collection, **conditions}
    if given["collection"] is None:
        given["collection"] = collection
    body: dict[str, object] = {"question": question}
    for name, value in given.items():
        if isinstance(value, date):
            body[name] = value.isoformat()
        elif value is not None:
            body[name] = value
    return body

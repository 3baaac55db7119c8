"""The calls of the client: an HTTP request each, and how its response is read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypedDict, TypeVar
from urllib.parse import quote

from tamngu.client.json_records import NotUnderstood, adapter_of, reader_of
from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.article_list import ArticlePage
from tamngu.records.facets import Facets
from tamngu.records.feedback import Feedback
from tamngu.records.hit import SearchResult
from tamngu.records.ingest_report import IngestReport
from tamngu.records.job import Job
from tamngu.records.request import AskRequest, SearchRequest
from tamngu.records.saved_question import Alert, SavedQuestion
from tamngu.records.watched_feed import WatchedFeed

Result = TypeVar("Result")

_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")


class ArticleFields(TypedDict, total=False):
    """Fields of an article besides its text; see :class:`tamngu.records.article.Article`."""

    id: str
    title: str
    url: str
    language: str
    source: str
    published_at: str
    authors: Sequence[str]
    tags: Sequence[str]


class ArticleChanges(TypedDict, total=False):
    """What can be changed of an article; None removes a value."""

    title: str
    url: str | None
    language: str
    source: str | None
    published_at: str | None
    authors: Sequence[str]
    tags: Sequence[str]


@dataclass(frozen=True)
class Call(Generic[Result]):
    """An HTTP request, and how its response is read.

    Attributes:
        method: of HTTP.
        path: below the address of the service.
        read: makes the result from the JSON of the response.
        json: the body; None: no body.
        params: the query.
        headers: besides those of every request.
        files: to upload, instead of a body.
        repeatable: whether sending it twice has the same effect as sending it once.
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
    """Return a call; if ``repeatable`` is None, the method decides."""
    method = method.upper()
    again = method in _REPEATABLE if repeatable is None else repeatable
    return Call(method, path, lambda content: content, json, params, repeatable=again)


def search_call(request: SearchRequest | str, collection: str | None) -> Call[SearchResult]:
    """Return the call of a search."""
    if isinstance(request, str):
        request = SearchRequest(request)
    body = _body(SearchRequest, request, collection)
    return Call("POST", "/v1/search", reader_of(SearchResult), body)


def ask_call(request: AskRequest | str, collection: str | None) -> Call[Answer]:
    """Return the call of a question."""
    if isinstance(request, str):
        request = AskRequest(request)
    return Call("POST", "/v1/ask", reader_of(Answer), _body(AskRequest, request, collection))


def article_call(article_id: str, collection: str | None) -> Call[Article]:
    """Return the call for an article.

    >>> article_call("../a b", None).path
    '/v1/articles/%2E%2E%2Fa%20b'
    """
    return Call("GET", _article_path(article_id), reader_of(Article), params=_named(collection))


def articles_call(after: str, limit: int, collection: str | None) -> Call[ArticlePage]:
    """Return the call for a page of the list of articles."""
    params = {"after": after, "limit": limit, **_named(collection)}
    return Call("GET", "/v1/articles", reader_of(ArticlePage), params=params)


def put_call(text: str, fields: ArticleFields, collection: str | None) -> Call[IngestReport]:
    """Return the call that stores an article."""
    return put_many_call([{"text": text, **fields}], collection)


def put_many_call(
    articles: Iterable[Mapping[str, Any]], collection: str | None
) -> Call[IngestReport]:
    """Return the call that stores all of the articles or none."""
    body = {"articles": [dict(each) for each in articles], **_named(collection)}
    return Call("POST", "/v1/articles", reader_of(IngestReport), body, headers=_idempotency_key())


def delete_call(article_id: str, collection: str | None) -> Call[None]:
    """Return the call that deletes an article."""
    return Call(
        "DELETE",
        _article_path(article_id),
        _nothing,
        params=_named(collection),
        headers=_idempotency_key(),
    )


def edit_call(article_id: str, changes: Mapping[str, Any], collection: str | None) -> Call[Article]:
    """Return the call that changes what is known about an article."""
    return Call(
        "PATCH",
        _article_path(article_id),
        reader_of(Article),
        dict(changes),
        _named(collection),
        headers=_idempotency_key(),
    )


def restore_call(article_ids: Iterable[str], collection: str | None) -> Call[list[str]]:
    """Return the call that restores deleted articles; it returns the ids of those restored."""
    body = {"ids": list(article_ids), **_named(collection)}
    return Call("POST", "/v1/trash/restore", _restored, body, headers=_idempotency_key())


def facets_call(conditions: Mapping[str, Any], collection: str) -> Call[Facets]:
    """Return the call that counts articles by language, source, tag and date."""
    name = quote(collection, safe="")
    return Call("GET", f"/v1/collections/{name}/facets", reader_of(Facets), params=conditions)


def feedback_call(fields: Mapping[str, Any], collection: str | None) -> Call[Feedback]:
    """Return the call that says something of an answer."""
    body = {**fields, **_named(collection)}
    return Call("POST", "/v1/feedback", reader_of(Feedback), body, headers=_idempotency_key())


def save_question_call(fields: Mapping[str, Any], collection: str | None) -> Call[SavedQuestion]:
    """Return the call that saves a question."""
    body = {**fields, **_named(collection)}
    return Call("POST", "/v1/questions", reader_of(SavedQuestion), body, headers=_idempotency_key())


def alerts_call(*, unseen: bool) -> Call[list[Alert]]:
    """Return the call that lists new articles which answer saved questions."""
    return Call("GET", "/v1/alerts", _alerts, params={"unseen": unseen, "limit": 1000})


def watch_call(fields: Mapping[str, Any], collection: str | None) -> Call[WatchedFeed]:
    """Return the call that watches a feed."""
    body = {**fields, **_named(collection)}
    return Call("POST", "/v1/feeds", reader_of(WatchedFeed), body, headers=_idempotency_key())


def import_files_call(files: Sequence[str | Path], collection: str | None) -> Call[Job]:
    """Return the call that uploads files."""
    paths = [Path(each) for each in files]
    return Call(
        "POST",
        "/v1/imports",
        reader_of(Job),
        params=_named(collection),
        headers=_idempotency_key(),
        files=paths,
    )


def import_pages_call(
    urls: Sequence[str], feeds: Sequence[str], collection: str | None
) -> Call[Job]:
    """Return the call that imports web pages."""
    body = {"urls": list(urls), "feeds": list(feeds), **_named(collection)}
    return Call("POST", "/v1/imports/urls", reader_of(Job), body, headers=_idempotency_key())


def evaluation_call(
    questions: Iterable[Mapping[str, Any]], name: str, collection: str | None
) -> Call[Job]:
    """Return the call that starts an evaluation."""
    body = {"questions": [dict(each) for each in questions], "name": name, **_named(collection)}
    return Call("POST", "/v1/evals", reader_of(Job), body, headers=_idempotency_key())


def job_call(job_id: str) -> Call[Job]:
    """Return the call for a job."""
    return Call("GET", f"/v1/jobs/{quote(job_id, safe='')}", reader_of(Job))


def cancel_call(job_id: str) -> Call[Job]:
    """Return the call that cancels a job."""
    return Call("POST", f"/v1/jobs/{quote(job_id, safe='')}/cancel", reader_of(Job))


def _nothing(_content: object) -> None:
    return None


def _restored(content: Any) -> list[str]:  # noqa: ANN401
    return reader_of(list[str])(_member(content, "restored"))


def _alerts(content: Any) -> list[Alert]:  # noqa: ANN401
    return reader_of(list[Alert])(_member(content, "alerts"))


def _member(content: object, name: str) -> object:
    if not isinstance(content, Mapping):
        raise NotUnderstood
    return content.get(name)


def _idempotency_key() -> dict[str, str]:
    """Return the header with which a write can be sent again without being done again."""
    return {"Idempotency-Key": uuid.uuid4().hex}


def _named(collection: str | None) -> dict[str, str]:
    return {"collection": collection} if collection else {}


def _article_path(article_id: str) -> str:
    # Dots too: proxies rewrite paths that have segments of dots only.
    return f"/v1/articles/{quote(article_id, safe='').replace('.', '%2E')}"


def _body(
    kind: type[SearchRequest], request: SearchRequest, collection: str | None
) -> dict[str, Any]:
    """Return a request as JSON, without what it leaves at its default."""
    body = adapter_of(kind).dump_python(request, mode="json", by_alias=True, exclude_defaults=True)
    return {**body, **_named(collection)}

"""Articles: read, list, store, edit and delete."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import Header, HTTPException, Path, Query, Response
from pydantic import TypeAdapter

from api.article_requests import (
    ArticleBody,
    ArticleChanges,
    ArticleListRequest,
    ArticlesBody,
)
from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.middleware.entity_tags import matches
from api.service import CollectionName, Service, ServiceOf
from rag import Collection, ingest
from rag.ingestion.editing import edit
from rag.records.article_id import composed
from rag.records.new_article import make_article
from rag.retrieval.conditions import Conditions, in_words_of, no_article
from tamngu.records.article import Article
from tamngu.records.article_list import ArticlePage, ArticleSummary
from tamngu.records.filter import NO_FILTER
from tamngu.records.ingest_report import IngestReport

router = new_router(prefix="/v1", responses=PROBLEMS, route_class=IdempotentRoute)

Id = Annotated[str, Path(max_length=512, examples=["vi-hoi-dong-nhan-quyen-2026-2028"])]
IfNoneMatch = Annotated[str | None, Header()]
IfMatch = Annotated[str | None, Header()]

_PRECONDITION_FAILED: dict[int | str, dict[str, Any]] = {
    412: {**PROBLEMS[404], "description": "The article has changed."}
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The article has not changed."}
}


_SUMMARIES = TypeAdapter(tuple[ArticleSummary, ...])


_ARTICLE = TypeAdapter(Article)


@router.get("/articles", tags=["articles"], dependencies=READ)
async def list_articles(
    service: ServiceOf,
    request: Annotated[ArticleListRequest, Query()],
) -> ArticlePage:
    """List articles page by page: the ``next`` of a page is the ``after`` of the following one."""

    def read_page() -> ArticlePage:
        collection = service.collection(request.collection)
        stored = collection.catalog.articles
        conditions = _conditions(collection, request)
        # One article more than wanted shows whether another page follows.
        rows = stored.page(request.after, request.limit + 1, conditions.filters)
        articles = _SUMMARIES.validate_python(rows[: request.limit])
        following = articles[-1].id if len(rows) > request.limit else None
        return ArticlePage(articles, following, conditions.notice, conditions.notices)

    return await service.pool.run(read_page)


@router.post("/articles", tags=["articles"], dependencies=WRITE)
async def put_articles(body: ArticlesBody, service: ServiceOf) -> IngestReport:
    """Store articles: all of them, or none if one of them is not valid.

    An article replaces the one that has its id; an article that has not changed costs nothing.
    """
    return await service.changes.run(_ingest, service, body.collection, body.articles)


@router.put(
    "/articles/{article_id:path}",
    tags=["articles"],
    responses=_PRECONDITION_FAILED,
    dependencies=WRITE,
)
async def put_article(
    article_id: Id,
    body: ArticleBody,
    service: ServiceOf,
    collection: CollectionName = None,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> IngestReport:
    """Store one article under this id.

    With If-Match, it is stored only if the present article has that entity tag. With
    ``If-None-Match: *``, it is stored only if no article has this id.
    """

    def put() -> IngestReport:
        try:
            article = _article_of(body.model_copy(update={"id": article_id}))
        except ValueError as error:
            raise HTTPException(422, f"article: {error}") from error
        if article.id != composed(article_id):
            raise HTTPException(422, f"The id {article_id!r} must not begin or end with spaces")
        opened = service.collection(collection)
        check = partial(_check_preconditions, opened, article_id, if_match, if_none_match)
        return ingest(opened, [article], check=check)

    return await service.changes.run(put)


@router.patch(
    "/articles/{article_id:path}",
    tags=["articles"],
    response_model=Article,
    responses=_PRECONDITION_FAILED,
    dependencies=WRITE,
)
async def edit_article(
    article_id: Id,
    changes: ArticleChanges,
    service: ServiceOf,
    collection: CollectionName = None,
    if_match: IfMatch = None,
) -> Response:
    """Change what is known about an article; its text, and so all citations, stay valid.

    What the body leaves out stays as it is. With If-Match, it is changed only if it has that entity
    tag.
    """

    def changed() -> Response:
        opened = service.collection(collection)
        stored = article_or_404(service, collection, article_id)
        check = partial(_check_preconditions, opened, article_id, if_match, None)
        try:
            found = edit(opened, stored.id, changes.model_dump(exclude_unset=True), check)
        except ValueError as error:
            raise HTTPException(422, f"article: {error}") from error
        if found is None:
            raise HTTPException(404, f"There is no article {article_id!r}")
        headers = {"ETag": f'"{found.content_hash}"'}
        body = _ARTICLE.dump_json(found)
        return Response(body, headers=headers, media_type="application/json")

    return await service.changes.run(changed)


@router.get(
    "/articles/{article_id:path}",
    tags=["articles"],
    response_model=Article,
    responses=_NOT_MODIFIED,
    dependencies=READ,
)
async def read_article(
    article_id: Id,
    service: ServiceOf,
    collection: CollectionName = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a whole article; the offsets of citations count its text's characters."""

    def article() -> Response:
        found = article_or_404(service, collection, article_id)
        headers = {"ETag": f'"{found.content_hash}"'}
        if if_none_match is not None and matches(if_none_match, found.content_hash):
            raise HTTPException(304, headers=headers)
        # Written here and not on the event loop, because an article may have megabytes.
        body = _ARTICLE.dump_json(found)
        return Response(body, headers=headers, media_type="application/json")

    return await service.pool.run(article)


@router.delete(
    "/articles/{article_id:path}",
    tags=["articles"],
    status_code=204,
    responses=_PRECONDITION_FAILED,
    dependencies=WRITE,
)
async def delete_article(
    article_id: Id,
    service: ServiceOf,
    collection: CollectionName = None,
    forever: bool = False,
    if_match: IfMatch = None,
) -> None:
    """Delete an article with its passages; searches find it no more at once.

    It can be restored from the trash for 30 days, unless it is deleted ``forever``; then nothing is
    kept of it. With If-Match, it is deleted only if it has that entity tag.
    """

    def delete() -> bool:
        opened = service.collection(collection)
        with opened.writing():
            _check_preconditions(opened, article_id, if_match, None)
            return opened.delete(article_id, restorable=not forever)

    if not await service.changes.run(delete):
        raise HTTPException(404, f"There is no article {article_id!r}")


def article_or_404(service: Service, collection: str | None, article_id: str) -> Article:
    """Return an article.

    Raises:
        HTTPException: 404, it is not stored.
    """
    articles = service.collection(collection).catalog.articles
    article = articles.get(article_id)
    if article is None:
        raise HTTPException(404, no_article(articles, article_id).rstrip("."))
    return article


def _conditions(collection: Collection, request: ArticleListRequest) -> Conditions:
    """Return what a list's articles have to meet, in the words of the collection."""
    if request.filters == NO_FILTER:
        return Conditions(NO_FILTER)
    with collection.reading() as snapshot:
        return in_words_of(
            snapshot,
            collection.catalog.articles,
            request.filters,
            None if request.language is None else [request.language],
        )


def _check_preconditions(
    collection: Collection, article_id: str, if_match: str | None, if_none_match: str | None
) -> None:
    """Return if an article meets both headers; the caller holds the collection's write lock.

    Raises:
        HTTPException: 412, it does not.
    """
    articles = collection.catalog.articles
    tag = articles.content_hash(articles.stored_id(article_id) or article_id)
    if if_match is not None and not matches(if_match, tag):
        raise HTTPException(412, f"The article {article_id!r} has changed; read it again")
    if if_none_match is not None and matches(if_none_match, tag):
        raise HTTPException(412, f"The article {article_id!r} exists already")


def _ingest(service: Service, collection: str | None, bodies: list[ArticleBody]) -> IngestReport:
    articles = []
    for number, body in enumerate(bodies):
        try:
            articles.append(_article_of(body))
        except ValueError as error:
            raise HTTPException(422, f"articles.{number}: {error}") from error
    return ingest(service.collection(collection), articles)


def _article_of(body: ArticleBody) -> Article:
    fields = body.model_dump(exclude_none=True)
    # The id of an article without id and URL is derived from its text.
    return make_article(**fields, key=body.text)

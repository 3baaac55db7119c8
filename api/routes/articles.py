"""Articles: read, list, store and delete; and their passages."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Path, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.article_requests import ArticleBody, ArticleListRequest, ArticlesBody
from api.auth.scopes import READ, WRITE
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.middleware.entity_tags import matches
from api.service import CollectionName, Service, ServiceOf
from rag import Collection, ingest
from rag.records.article_id import composed
from rag.records.new_article import make_article
from rag.records.passage import Passage
from rag.retrieval.conditions import Conditions, in_words_of, no_article
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.article_list import ArticlePage, ArticleSummary
from tamngu.records.filter import NO_FILTER
from tamngu.records.ingest_report import IngestReport

router = APIRouter(prefix="/v1", responses=PROBLEMS, route_class=IdempotentRoute)

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


class ArticlePassage(BaseModel):
    """A passage of an article; its offsets count the characters of the article's text."""

    passage_id: str
    start: int
    end: int
    text: str
    sentences: list[Span]


_PASSAGES = TypeAdapter(list[ArticlePassage])
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
        return ArticlePage(articles, following, conditions.notice)

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


@router.get("/passages", tags=["articles"], response_model=list[ArticlePassage], dependencies=READ)
async def list_passages(
    service: ServiceOf,
    article_id: Annotated[str, Query(max_length=512)],
    collection: CollectionName = None,
) -> Response:
    """Return the passages of an article, in order."""

    def passages() -> Response:
        catalog = service.collection(collection).catalog
        with catalog.reading():
            article = _article(service, collection, article_id)
            keys = catalog.passages.keys_of([article.id]).tolist()
            found = catalog.passages.get_many(keys).values()
        # Written here and not on the event loop, because an article may have thousands of passages.
        body = _PASSAGES.dump_json([_passage(article, each) for each in found])
        return Response(body, media_type="application/json")

    return await service.pool.run(passages)


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
        found = _article(service, collection, article_id)
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
    if_match: IfMatch = None,
) -> None:
    """Delete an article with its passages; searches find it no more at once.

    With If-Match, it is deleted only if it has that entity tag.
    """

    def delete() -> bool:
        opened = service.collection(collection)
        with opened.writing():
            _check_preconditions(opened, article_id, if_match, None)
            return opened.delete(article_id)

    if not await service.changes.run(delete):
        raise HTTPException(404, f"There is no article {article_id!r}")


def _article(service: Service, collection: str | None, article_id: str) -> Article:
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


def _passage(article: Article, passage: Passage) -> ArticlePassage:
    return ArticlePassage(
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        sentences=list(passage.sentences),
    )


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

"""Articles: read, list, bring in, delete; and their passages."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Path, Query, Response
from pydantic import BaseModel

from api.article_requests import ArticleBody, ArticlesBody, Conditions
from api.auth.scopes import READ, WRITE
from api.idempotency.route import IdempotentRoute
from api.middleware.entity_tags import matches
from api.problem import PROBLEMS
from api.service import CollectionName, Service, ServiceOf
from rag import Collection, IngestReport, ingest
from rag.records.new_article import make_article
from rag.records.passage import Passage
from rag.text.span import Span
from tamngu.records.article import Article

router = APIRouter(prefix="/v1", responses=PROBLEMS, route_class=IdempotentRoute)

Id = Annotated[str, Path(max_length=512, examples=["vi-hoi-dong-nhan-quyen-2026-2028"])]
IfNoneMatch = Annotated[str | None, Header()]
IfMatch = Annotated[str | None, Header()]

_STALE: dict[int | str, dict[str, Any]] = {
    412: {**PROBLEMS[404], "description": "The article is another one by now."}
}
_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "It is as it was."}}


class ArticleInList(BaseModel):
    """What a list shows of an article: all but its text."""

    id: str
    title: str
    language: str
    published_at: str | None
    source: str | None
    url: str | None


class ArticlePage(BaseModel):
    """Some articles in the order of their ids, and where the next ones begin; null at the end."""

    articles: list[ArticleInList]
    next: str | None


class ArticlePassage(BaseModel):
    """A passage of an article; offsets count the characters of the article's text."""

    passage_id: str
    start: int
    end: int
    text: str
    sentences: list[Span]


@router.get("/articles", tags=["articles"], dependencies=READ)
async def list_articles(
    service: ServiceOf,
    conditions: Annotated[Conditions, Query()],
) -> ArticlePage:
    """List articles, some at a time: the next ones begin ``after`` what ``next`` says."""

    def listed() -> ArticlePage:
        catalog = service.collection(conditions.collection).catalog
        rows = catalog.page(conditions.after, conditions.limit + 1, conditions.filter())
        some = [ArticleInList.model_validate(row) for row in rows[: conditions.limit]]
        return ArticlePage(
            articles=some, next=some[-1].id if len(rows) > conditions.limit else None
        )

    return await service.pool.run(listed)


@router.post("/articles", tags=["articles"], dependencies=WRITE)
async def put_articles(body: ArticlesBody, service: ServiceOf) -> IngestReport:
    """Bring articles in, all of them or, where one cannot be, none.

    One of an id that is there takes its place; what is there just so costs nothing.
    """
    return await service.changes.run(_ingested, service, body.collection, body.articles)


@router.put("/articles/{article_id:path}", tags=["articles"], responses=_STALE, dependencies=WRITE)
async def put_article(
    article_id: Id,
    body: ArticleBody,
    service: ServiceOf,
    collection: CollectionName = None,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> IngestReport:
    """Bring one article in, under this id.

    With If-Match only in place of that very article; with ``If-None-Match: *`` only where there is
    none.
    """

    def put() -> IngestReport:
        try:
            named = _made(body.model_copy(update={"id": article_id}))
        except ValueError as error:
            raise HTTPException(422, f"article: {error}") from error
        if named.id != article_id:
            raise HTTPException(422, f"An id has no spaces around it, as {article_id!r} has")
        opened = service.collection(collection)
        return ingest(opened, [named], check=partial(_see_that, opened, article_id, stated))

    stated = (if_match, if_none_match)
    return await service.changes.run(put)


@router.get("/passages", tags=["articles"], dependencies=READ)
async def list_passages(
    service: ServiceOf,
    article_id: Annotated[str, Query(max_length=512)],
    collection: CollectionName = None,
) -> list[ArticlePassage]:
    """Return the passages of an article, in order."""

    def passages() -> list[ArticlePassage]:
        catalog = service.collection(collection).catalog
        with catalog.reading():
            article = _article(service, collection, article_id)
            keys = catalog.keys_of([article_id]).tolist()
            return [_passage(article, found) for found in catalog.passages(keys).values()]

    return await service.pool.run(passages)


@router.get("/articles/{article_id:path}", tags=["articles"], responses=_SAME, dependencies=READ)
async def read_article(
    article_id: Id,
    service: ServiceOf,
    response: Response,
    collection: CollectionName = None,
    if_none_match: IfNoneMatch = None,
) -> Article:
    """Return a whole article; the offsets of citations count its text's characters."""
    article = await service.pool.run(_article, service, collection, article_id)
    response.headers["ETag"] = f'"{article.content_hash}"'
    if if_none_match is not None and matches(if_none_match, article.content_hash):
        raise HTTPException(304, headers=dict(response.headers))
    return article


@router.delete(
    "/articles/{article_id:path}",
    tags=["articles"],
    status_code=204,
    responses=_STALE,
    dependencies=WRITE,
)
async def delete_article(
    article_id: Id,
    service: ServiceOf,
    collection: CollectionName = None,
    if_match: IfMatch = None,
) -> None:
    """Delete an article with its passages; it is found no more from now on.

    With If-Match only that very article.
    """

    def delete() -> bool:
        opened = service.collection(collection)
        with opened.writing():
            _see_that(opened, article_id, (if_match, None))
            return opened.delete(article_id)

    if not await service.changes.run(delete):
        raise _not_there(article_id)


def _article(service: Service, collection: str | None, article_id: str) -> Article:
    article = service.collection(collection).catalog.article(article_id)
    if article is None:
        raise _not_there(article_id)
    return article


def _see_that(
    collection: Collection, article_id: str, stated: tuple[str | None, str | None]
) -> None:
    """Compare an article with If-Match and If-None-Match, while nobody else writes."""
    match, none_match = stated
    found = collection.catalog.content_hash(article_id)
    if match is not None and not matches(match, found):
        raise HTTPException(412, f"The article {article_id!r} is another one by now")
    if none_match is not None and matches(none_match, found):
        raise HTTPException(412, f"There is an article {article_id!r} already")


def _not_there(article_id: str) -> HTTPException:
    return HTTPException(404, f"There is no article {article_id!r}")


def _passage(article: Article, passage: Passage) -> ArticlePassage:
    return ArticlePassage(
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        sentences=list(passage.sentences),
    )


def _ingested(service: Service, collection: str | None, bodies: list[ArticleBody]) -> IngestReport:
    articles = []
    for number, body in enumerate(bodies):
        try:
            articles.append(_made(body))
        except ValueError as error:
            raise HTTPException(422, f"articles.{number}: {error}") from error
    return ingest(service.collection(collection), articles)


def _made(body: ArticleBody) -> Article:
    fields = body.model_dump(exclude_none=True)
    # Without id and URL an article is known by what it says.
    return make_article(**fields, key=body.text)

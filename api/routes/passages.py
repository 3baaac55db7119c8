"""Passages of an article, and other articles that tell the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, TypeAdapter

from api.auth.scopes import READ
from api.error_responses import PROBLEMS
from api.routes.articles import article_or_404
from api.service import CollectionName, ServiceOf
from rag.records.passage import Passage
from rag.text.span import Span
from tamngu.records.article import Article

router = APIRouter(prefix="/v1", tags=["articles"], responses=PROBLEMS)


class ArticlePassage(BaseModel):
    """A passage of an article; its offsets count the characters of the article's text."""

    passage_id: str
    start: int
    end: int
    text: str
    sentences: list[Span]


_PASSAGES = TypeAdapter(list[ArticlePassage])


@router.get("/passages", response_model=list[ArticlePassage], dependencies=READ)
async def list_passages(
    service: ServiceOf,
    article_id: Annotated[str, Query(max_length=512)],
    collection: CollectionName = None,
) -> Response:
    """Return the passages of an article, in order."""

    def passages() -> Response:
        catalog = service.collection(collection).catalog
        with catalog.reading():
            article = article_or_404(service, collection, article_id)
            keys = catalog.passages.keys_of([article.id]).tolist()
            found = catalog.passages.get_many(keys).values()
        # Written here and not on the event loop, because an article may have thousands of passages.
        body = _PASSAGES.dump_json([_passage(article, each) for each in found])
        return Response(body, media_type="application/json")

    return await service.pool.run(passages)


def _passage(article: Article, passage: Passage) -> ArticlePassage:
    return ArticlePassage(
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        sentences=list(passage.sentences),
    )

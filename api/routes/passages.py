"""Passages of an article, and other articles that tell the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, TypeAdapter

from api.auth.scopes import READ
from api.description import new_router
from api.error_responses import PROBLEMS
from api.routes.articles import article_or_404
from api.service import CollectionName, ServiceOf
from rag.records.passage import Passage
from rag.retrieval.versions import versions_of
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.article_list import ArticleSummary
from tamngu.records.hit import OtherPlace

_COPIES = 20
"""Copies that are named; a story may have any number."""

router = new_router(prefix="/v1", tags=["articles"], responses=PROBLEMS)


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


class OtherVersion(BaseModel):
    """An article in another language that tells the same.

    Attributes:
        article: all but its text.
        score: how alike its nearest passage is, in standard deviations above the mean of its
            language.
        start: first character of that passage in the article's text.
        end: one past its last character.
    """

    article: ArticleSummary
    score: float
    start: int
    end: int


class Versions(BaseModel):
    """Other articles that tell what an article tells.

    Attributes:
        copies: near-duplicates; at most twenty.
        other_languages: the likeliest first; at most three of each language.
    """

    copies: list[ArticleSummary]
    other_languages: list[OtherVersion]


@router.get("/versions", dependencies=READ)
async def list_versions(
    service: ServiceOf,
    article_id: Annotated[str, Query(max_length=512)],
    collection: CollectionName = None,
) -> Versions:
    """Return copies of an article, and articles in other languages that tell the same."""

    def versions() -> Versions:
        opened = service.collection(collection)
        article = article_or_404(service, collection, article_id)
        stories = opened.catalog.stories
        story = stories.of_articles([article.id]).get(article.id)
        places = stories.places([story], _COPIES + 1)[story] if story is not None else []
        copies = [_copy(each) for each in places if each.article_id != article.id]
        found = versions_of(opened, article)
        known = {
            each.id: each
            for each in opened.catalog.articles.get_many([each.article_id for each in found])
        }
        return Versions(
            copies=copies[:_COPIES],
            other_languages=[
                OtherVersion(
                    article=_summary(known[each.article_id]),
                    score=each.score,
                    start=each.start,
                    end=each.end,
                )
                for each in found
                if each.article_id in known
            ],
        )

    return await service.pool.run(versions)


def _copy(place: OtherPlace) -> ArticleSummary:
    return ArticleSummary(
        place.article_id,
        place.title,
        place.language,
        place.published_at,
        place.source,
        place.url,
        place.script,
    )


def _summary(article: Article) -> ArticleSummary:
    return ArticleSummary(
        article.id,
        article.title,
        article.language,
        article.published_at,
        article.source,
        article.url,
        article.script,
    )


def _passage(article: Article, passage: Passage) -> ArticlePassage:
    return ArticlePassage(
        passage_id=passage.id,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        sentences=list(passage.sentences),
    )

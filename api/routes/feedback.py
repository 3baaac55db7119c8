"""Feedback: what people say of answers, and the gold set that comes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.auth.scopes import READ_ONCE, WRITE, WRITER, check_reach
from api.description import new_router
from api.error_responses import PROBLEMS
from api.feedback.gold import gold_questions
from api.idempotency.route import IdempotentRoute
from api.jobs.store import new_id
from api.requests import Tag
from api.service import CollectionName, Service, ServiceOf
from rag.retrieval.conditions import no_article
from rag.retrieval.question import language_of_question
from tamngu.records.feedback import Feedback, Verdict
from tamngu.records.language import parse_tag
from tamngu.records.request import MAX_QUESTION_CHARACTERS
from tamngu.records.stream_safe import stream_safe

_LONGEST_QUOTE = 10_000
"""Characters of a passage; a gold set takes no longer ones."""

router = new_router(
    prefix="/v1/feedback", tags=["evaluation"], responses=PROBLEMS, route_class=IdempotentRoute
)


class FeedbackBody(BaseModel):
    """What is said of an answer.

    Attributes:
        question: as it was asked.
        verdict: ``right`` or ``wrong`` of a quote, ``better`` of a passage that answers better;
            ``right`` without an article says that there is no answer.
        article_id: of the quote or passage.
        start: first character in the article's text.
        end: one past its last character.
        language: the language tag of the question; default: identified from its text.
        note: in words.
        collection: that was asked; default: the one that the service was started with.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "Lào gia nhập ASEAN năm nào?",
                    "verdict": "right",
                    "article_id": "laos",
                    "start": 0,
                    "end": 28,
                },
                {"question": "谁发明了纸？", "verdict": "right"},
            ]
        },
    )

    question: str = Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)
    verdict: Verdict
    article_id: str | None = Field(default=None, max_length=512)
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    language: Tag | None = None
    note: str | None = Field(default=None, max_length=2000)
    collection: str | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        place = (self.article_id, self.start, self.end)
        if any(part is None for part in place) and place != (None, None, None):
            raise ValueError("article_id, start and end belong together")
        if self.verdict == "better" and self.article_id is None:
            raise ValueError("a better passage needs article_id, start and end")
        if not self.question.strip():
            raise ValueError("the question is empty")
        return self


class FeedbackPage(BaseModel):
    """A part of the feedback on a collection, newest first.

    Attributes:
        feedback: of this part.
        next: the value of ``after`` that gives the next part; null at the end.
    """

    feedback: list[Feedback]
    next: str | None


@router.post("", status_code=201, dependencies=READ_ONCE)
async def give_feedback(body: FeedbackBody, service: ServiceOf) -> Feedback:
    """Say of an answer that a quote is right or wrong, or that another passage is better."""

    def given() -> Feedback:
        feedback = _feedback(service, body)
        service.feedback.add(feedback)
        return feedback

    return await service.pool.run(given)


@router.get("", dependencies=WRITER)
async def list_feedback(
    service: ServiceOf,
    collection: CollectionName = None,
    after: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> FeedbackPage:
    """List what was said of the answers of a collection."""
    name = _reached(service, collection)
    found = await service.lookups.run(service.feedback.page, name, after, limit + 1)
    if found is None:
        raise HTTPException(404, f"There is no feedback {(after or '')[:64]!r}")
    following = found[limit - 1].id if len(found) > limit else None
    return FeedbackPage(feedback=found[:limit], next=following)


@router.get(
    "/gold",
    dependencies=WRITER,
    response_class=Response,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "A gold set."}},
)
async def export_gold(service: ServiceOf, collection: CollectionName = None) -> Response:
    """Return the feedback on a collection as a gold set for ``tamngu eval run --gold jsonl:FILE``.

    Of each question it has the passages that were said to be right or better; what was said last
    of a place counts. A question of which nothing right is known is left out.
    """

    def lines() -> str:
        opened = service.collection(collection)
        found = gold_questions(service.feedback.all_of(opened.name), opened.catalog.articles.get)
        return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in found)

    content = await service.pool.run(lines)
    headers = {"Content-Disposition": 'attachment; filename="feedback.jsonl"'}
    return Response(content.encode(), media_type="application/x-ndjson", headers=headers)


@router.delete("/{feedback_id}", status_code=204, dependencies=WRITE)
async def remove_feedback(feedback_id: str, service: ServiceOf) -> None:
    """Remove what was said."""

    def remove() -> bool:
        found = service.feedback.get(feedback_id)
        if found is None or not service.key.reaches(found.collection):
            return False
        return service.feedback.remove(feedback_id)

    if not await service.lookups.run(remove):
        raise HTTPException(404, f"There is no feedback {feedback_id[:64]!r}")


def _reached(service: Service, collection: str | None) -> str:
    name = collection or service.default
    check_reach(service.key, name)
    return name


def _feedback(service: Service, body: FeedbackBody) -> Feedback:
    """Return feedback with the quote that it is about.

    Raises:
        HTTPException: 404, the article is not stored; 422, the place is not in its text.
    """
    opened = service.collection(body.collection)
    question = stream_safe(body.question)
    if body.language is not None:
        language = parse_tag(body.language).code
    else:
        with opened.reading() as snapshot:
            language = language_of_question(question, snapshot.languages())
    article_id = quote = None
    if body.article_id is not None and body.start is not None and body.end is not None:
        articles = opened.catalog.articles
        article = articles.get(body.article_id)
        if article is None:
            raise HTTPException(404, no_article(articles, body.article_id).rstrip("."))
        if not body.start < body.end <= len(article.text):
            raise HTTPException(
                422, f"start and end have to be within the {len(article.text):,} characters"
            )
        if body.end - body.start > _LONGEST_QUOTE:
            raise HTTPException(422, f"A passage has at most {_LONGEST_QUOTE:,} characters")
        article_id, quote = article.id, article.text[body.start : body.end]
    return Feedback(
        id=new_id(),
        collection=opened.name,
        question=question,
        language=language,
        verdict=body.verdict,
        article_id=article_id,
        start=body.start,
        end=body.end,
        quote=quote,
        note=body.note,
        created_at=datetime.now(UTC).replace(microsecond=0),
    )

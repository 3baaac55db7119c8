"""Saved questions: new articles are looked through for them, and what answers is an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Self

from fastapi import HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.requests import Labels, Languages, Tag
from api.service import Service, ServiceOf
from api.watching.atom import atom_feed
from api.watching.looking import place_of
from api.watching.questions import MAX_QUESTIONS
from rag.retrieval.search import check_question
from tamngu.records.request import MAX_QUESTION_CHARACTERS, AskRequest
from tamngu.records.saved_question import Alert, SavedQuestion

_IN_FEED = 50
"""Entries of a feed."""

router = new_router(prefix="/v1", tags=["alerts"], responses=PROBLEMS, route_class=IdempotentRoute)

feeds = new_router(prefix="/feeds", tags=["alerts"])

_Id = Annotated[str, Field(max_length=64)]


class QuestionToSave(BaseModel):
    """A question that new articles are looked through for.

    Attributes:
        question: in any language.
        language: the language tag of the question; default: identified from its text.
        languages: only articles in these languages; default: all.
        sources: only articles of one of these sources.
        tags: only articles with at least one of these tags.
        collection: default: the one that the service was started with.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "Nước nào vừa gia nhập ASEAN?"},
                {"question": "谁是东盟轮值主席国？", "languages": ["zh", "vi"]},
                {"question": "Who chairs ASEAN?", "sources": ["Nhân Dân"]},
            ]
        },
    )

    question: str = Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)
    language: Tag | None = None
    languages: Languages | None = None
    sources: Labels | None = None
    tags: Labels | None = None
    collection: str | None = None

    def request(self) -> AskRequest:
        """Return what is asked of new articles.

        Raises:
            BadRequest: a language is not a language tag.
        """
        return AskRequest(
            self.question,
            language=self.language,
            languages=self.languages,
            sources=self.sources,
            tags=self.tags,
        )

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        self.request()
        return self


class SavedQuestions(BaseModel):
    """All saved questions that the key reaches, the newest first."""

    questions: list[SavedQuestion]


class Alerts(BaseModel):
    """New articles that answer saved questions, those found last first."""

    alerts: list[Alert]


class SeenRequest(BaseModel):
    """Which alerts were seen: those with these ids, or all of one question."""

    model_config = ConfigDict(extra="forbid")

    ids: list[_Id] = Field(default=[], max_length=1000, fail_fast=True)
    question: _Id | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if bool(self.ids) == bool(self.question):
            raise ValueError("name either 'ids' or 'question'")
        return self


@router.post("/questions", status_code=201, dependencies=WRITE)
async def save_question(body: QuestionToSave, service: ServiceOf) -> SavedQuestion:
    """Save a question; articles that are stored from now on are looked through for it."""

    def save() -> SavedQuestion:
        opened = service.collection(body.collection)
        request = body.request()
        request = replace(request, question=check_question(opened, request.question))
        saved = service.questions.add(opened.name, request, place_of(opened))
        if saved is None:
            raise HTTPException(409, f"There are {MAX_QUESTIONS} saved questions; remove one first")
        return saved

    return await service.pool.run(save)


@router.get("/questions", dependencies=READ)
async def list_questions(service: ServiceOf) -> SavedQuestions:
    """List the saved questions with the numbers of what was found for them."""
    found = await service.lookups.run(service.questions.all)
    reached = [each for each in found if service.key.reaches(each.collection)]
    return SavedQuestions(questions=[_shown(service, each) for each in reached])


@router.get("/questions/{question_id}", dependencies=READ)
async def read_question(question_id: str, service: ServiceOf) -> SavedQuestion:
    """Return a saved question."""
    return await service.lookups.run(_question, service, question_id)


@router.delete("/questions/{question_id}", status_code=204, dependencies=WRITE)
async def remove_question(question_id: str, service: ServiceOf) -> None:
    """Remove a saved question with what was found for it; its feed ends."""

    def remove() -> None:
        service.questions.remove(_question(service, question_id).id)

    await service.lookups.run(remove)


@router.post("/questions/{question_id}/feed", dependencies=WRITE)
async def renew_feed(question_id: str, service: ServiceOf) -> SavedQuestion:
    """Give the feed of a saved question another address; the present one ends."""

    def renew() -> SavedQuestion:
        service.questions.renew_token(_question(service, question_id).id)
        return _question(service, question_id)

    return await service.lookups.run(renew)


@router.get("/alerts", dependencies=READ)
async def list_alerts(
    service: ServiceOf,
    question: Annotated[str | None, Query(max_length=64)] = None,
    unseen: bool = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Alerts:
    """List new articles that answer saved questions."""

    def listed() -> Alerts:
        found = service.questions.alerts(
            service.key.collections, question_id=question, unseen=unseen, limit=limit
        )
        return Alerts(alerts=found)

    return await service.lookups.run(listed)


@router.post("/alerts/seen", status_code=204, dependencies=WRITE)
async def mark_alerts_seen(body: SeenRequest, service: ServiceOf) -> None:
    """Mark alerts as seen."""

    def mark() -> None:
        service.questions.mark_seen(
            service.key.collections, ids=body.ids, question_id=body.question
        )

    await service.lookups.run(mark)


@feeds.get(
    "/{token}.atom",
    response_class=Response,
    responses={200: {"content": {"application/atom+xml": {}}}, 404: PROBLEMS[404]},
)
async def read_feed(token: str, service: ServiceOf) -> Response:
    """Return what was found for a saved question as an Atom feed.

    Readers of feeds can send no key, so whoever has the address may read it.
    """

    def feed() -> bytes:
        found = service.questions.of_token(token[:100])
        if found is None:
            raise HTTPException(404, "There is no feed at this address, or it was given another")
        alerts = service.questions.alerts(None, question_id=found.id, limit=_IN_FEED)
        return atom_feed(found, alerts)

    body = await service.lookups.run(feed)
    headers = {
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(body, media_type="application/atom+xml", headers=headers)


def _question(service: Service, question_id: str) -> SavedQuestion:
    """Return a saved question as the key may see it.

    Raises:
        HTTPException: 404, no question that the key reaches has this id.
    """
    found = service.questions.get(question_id)
    if found is None or not service.key.reaches(found.collection):
        raise HTTPException(404, f"There is no saved question {question_id[:64]!r}")
    return _shown(service, found)


def _shown(service: Service, question: SavedQuestion) -> SavedQuestion:
    return question if service.key.allows("write") else replace(question, feed=None)

"""Search and ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Self

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.answer_events import answer_events
from api.answering import answer, find_passages
from api.auth.scopes import READ
from api.description import new_router
from api.error_responses import PROBLEMS
from api.event_response import EventResponse
from api.requests import AskBody, Labels, Languages, SearchBody
from api.service import ServiceOf
from rag.answering.suggestions import Suggestion, example_questions, related_questions
from tamngu.records.answer import Answer, ShortAnswer
from tamngu.records.citation import Citation
from tamngu.records.hit import Evidence, Hit, SearchResult
from tamngu.records.request import MAX_QUESTION_CHARACTERS, SearchRequest

_PLACE: dict[str, Any] = {"article_id": "laos", "passage_id": "laos#0", "language": "vi"}
_QUOTE = "Lào gia nhập ASEAN năm 1997."
_EXAMPLE = Answer(
    question="老挝何时加入东盟？",
    language="zh",
    answer=f"năm 1997 [1]\n根据《ASEAN mở rộng》（1997-07-23）：“{_QUOTE}” [1]",
    abstained=False,
    confidence=0.93,
    citations=(
        Citation(
            marker="1",
            title="ASEAN mở rộng",
            url="https://example.org/laos",
            published_at="1997-07-23",
            start=0,
            end=28,
            quote=_QUOTE,
            **_PLACE,
        ),
    ),
    hits=(
        Hit(
            rank=1,
            score=6.1,
            parts={"dense": 3.4, "sentence": 3.6, "late": 3.1, "answerable": 0.94},
            title="ASEAN mở rộng",
            url="https://example.org/laos",
            source="ASEAN",
            published_at="1997-07-23",
            start=0,
            end=28,
            text=_QUOTE,
            evidence=(Evidence(0, 28, _QUOTE, 6.1),),
            **_PLACE,
        ),
    ),
    took_ms=41.7,
    answers=(
        ShortAnswer(text="năm 1997", start=19, end=27, score=0.88, citations=("1",), **_PLACE),
    ),
)

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer.",
        "content": {"application/json": {"example": asdict(_EXAMPLE)}, "text/event-stream": {}},
    }
}

router = new_router(prefix="/v1", tags=["questions"], responses=PROBLEMS)


@router.post("/search", dependencies=READ)
async def search_passages(request: SearchBody, service: ServiceOf) -> SearchResult:
    """Find the best passages for a question, whichever language they are in."""
    return await service.pool.run(find_passages, service, request)


class SuggestionRequest(BaseModel):
    """What questions to suggest.

    Attributes:
        question: to which they are related; default: examples of what the newest articles answer.
        languages: only questions in these languages; default: all.
        sources: only of articles of one of these sources.
        tags: only of articles with at least one of these tags.
        limit: questions wanted.
        collection: default: the one that the service was started with.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "Lào gia nhập ASEAN năm nào?"}, {"languages": ["zh"]}]
        },
    )

    question: str | None = Field(default=None, max_length=MAX_QUESTION_CHARACTERS)
    languages: Languages | None = None
    sources: Labels | None = None
    tags: Labels | None = None
    limit: int = Field(default=5, ge=1, le=20)
    collection: str | None = None

    def request(self) -> SearchRequest:
        """Return the question with its conditions.

        Raises:
            BadRequest: a language is not a language tag.
        """
        return SearchRequest(
            self.question or "",
            languages=self.languages,
            sources=self.sources,
            tags=self.tags,
        )

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        self.request()
        return self


class Suggestions(BaseModel):
    """Questions that the collection answers."""

    questions: list[Suggestion]


@router.post("/suggestions", dependencies=READ)
async def suggest_questions(body: SuggestionRequest, service: ServiceOf) -> Suggestions:
    """Suggest questions that the collection answers, each made of a sentence of an article."""

    def suggested() -> Suggestions:
        opened = service.collection(body.collection)
        request = body.request()
        if body.question is None:
            found = example_questions(opened, request.filters, body.languages, body.limit)
        else:
            found = related_questions(opened, request, body.limit)
        return Suggestions(questions=found)

    return await service.pool.run(suggested)


@router.post("/ask", dependencies=READ, responses=_ANSWERS)
async def ask_question(
    request: AskBody,
    service: ServiceOf,
    accept: Annotated[str, Header()] = "",
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Answer:
    """Answer a question with a short answer and verified quotes.

    If ``text/event-stream`` is accepted, the answer comes in events: a ``stage`` each time that
    something else is being done; ``answers`` with the short answers, ``citations`` with the quotes
    that prove them, ``hits`` with the passages; if a chat model writes, a ``sentence`` for each
    that is proven; at the end one ``answer``, which is complete, or one ``problem``. The answer is
    valid even if it differs from what came before it.
    """
    if "text/event-stream" not in accept.lower():
        return await answer(service, request)
    events = answer_events(service, request)
    # An error before the first event gets an HTTP status of its own.
    first = await anext(events)
    return EventResponse(first, events, accept_encoding)  # type: ignore[return-value]

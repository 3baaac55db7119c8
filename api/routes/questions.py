"""Search and ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header

from api.answer_events import answer_events
from api.answering import answer, find_passages
from api.auth.scopes import READ
from api.error_responses import PROBLEMS
from api.event_response import EventResponse
from api.requests import AskBody, SearchBody
from api.service import ServiceOf
from tamngu.records.answer import Answer, ShortAnswer
from tamngu.records.citation import Citation
from tamngu.records.hit import Evidence, Hit, SearchResult

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

router = APIRouter(prefix="/v1", tags=["questions"], responses=PROBLEMS)


@router.post("/search", dependencies=READ)
async def search_passages(request: SearchBody, service: ServiceOf) -> SearchResult:
    """Find the best passages for a question, whichever language they are in."""
    return await service.pool.run(find_passages, service, request)


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

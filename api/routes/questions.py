"""Search and ask."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header

from api.answer_events import EventResponse, answer_events
from api.answering import answer, find_passages
from api.auth.scopes import READ
from api.error_responses import PROBLEMS
from api.requests import AskBody, SearchBody
from api.service import ServiceOf
from tamngu.records.answer import Answer
from tamngu.records.hit import SearchResult

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"text/event-stream": {}}}
}

router = APIRouter(prefix="/v1", tags=["questions"], responses=PROBLEMS)


@router.post("/search", dependencies=READ)
async def search_passages(request: SearchBody, service: ServiceOf) -> SearchResult:
    """Find the best passages for a question, whichever language they are in."""
    return await service.pool.run(find_passages, service, request)


@router.post("/ask", dependencies=READ, responses=_EVENTS)
async def ask_question(
    request: AskBody, service: ServiceOf, accept: Annotated[str, Header()] = ""
) -> Answer:
    """Answer a question with verified quotes.

    If ``text/event-stream`` is accepted, the answer comes in events: ``hits`` with the passages;
    if a chat model writes, a ``sentence`` for each that is proven; at the end one ``answer``, which
    is complete, or one ``problem``. The answer is valid even if it differs from the sentences.
    """
    if "text/event-stream" not in accept.lower():
        return await answer(service, request)
    events = answer_events(service, request)
    # An error before the first event gets an HTTP status of its own.
    first = await anext(events)
    return EventResponse(first, events)  # type: ignore[return-value]

"""Search and ask."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header

from api.answer_events import EventResponse, answer_events
from api.answering import answer, found
from api.auth.scopes import READ
from api.problem import PROBLEMS
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
    return await service.pool.run(found, service, request)


@router.post("/ask", dependencies=READ, responses=_EVENTS)
async def ask_question(
    request: AskBody, service: ServiceOf, accept: Annotated[str, Header()] = ""
) -> Answer:
    """Answer a question with verified quotes.

    Where ``text/event-stream`` is accepted the answer comes as it forms: an event ``hits`` with the
    passages; where a chat model writes, a ``sentence`` as each is proven; then one ``answer`` with
    all of it, or one ``problem``. What the answer says holds, also where sentences said otherwise.
    """
    if "text/event-stream" not in accept.lower():
        return await answer(service, request)
    events = answer_events(service, request)
    # What fails before anything is found has a status of its own.
    first = await anext(events)
    return EventResponse(first, events)  # type: ignore[return-value]

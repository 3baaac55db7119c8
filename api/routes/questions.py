"""Search and ask."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header

from api.access import READ
from api.answer_events import EventResponse, answer_events
from api.problem import PROBLEMS
from api.requests import AskRequest, QuestionRequest, SearchRequest
from api.service import Service, ServiceOf
from rag import Answer, SearchResult, ask, search

_LOG = logging.getLogger("tamngu.api")

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer.", "content": {"text/event-stream": {}}}
}

router = APIRouter(prefix="/v1", tags=["questions"], responses=PROBLEMS)


@router.post("/search", dependencies=READ)
async def search_passages(request: SearchRequest, service: ServiceOf) -> SearchResult:
    """Find the best passages for a question, whichever language they are in."""
    return await service.pool.run(found, service, request)


@router.post("/ask", dependencies=READ, responses=_EVENTS)
async def ask_question(
    request: AskRequest, service: ServiceOf, accept: Annotated[str, Header()] = ""
) -> Answer:
    """Answer a question with verified quotes.

    Where ``text/event-stream`` is accepted the answer comes as it forms: an event ``hits`` with the
    passages, then one ``answer`` with all of it, or one ``problem``.
    """
    if "text/event-stream" not in accept.lower():
        return await service.pool.run(answered, service, request)
    events = answer_events(service.pool, partial(answered, service, request))
    # What fails before anything is found has a status of its own.
    first = await anext(events)
    return EventResponse(first, events)  # type: ignore[return-value]


def found(service: Service, request: SearchRequest) -> SearchResult:
    """Return what a request looks for; in a thread that may wait."""
    _log(service, request)
    return search(
        service.collection(request.collection),
        request.question,
        k=request.k,
        language=request.language,
        languages=request.languages,
        prefer=request.prefer,
        chosen=request.filter(),
        copies=request.copies,
    )


def answered(
    service: Service, request: AskRequest, on_quotes: Callable[[Answer], object] = lambda _: None
) -> Answer:
    """Return the answer to a request; in a thread that may wait."""
    _log(service, request)
    below = request.abstain_below
    answer = ask(
        service.collection(request.collection),
        request.question,
        k=request.k,
        language=request.language,
        languages=request.languages,
        prefer=request.prefer,
        chosen=request.filter(),
        abstain_below=service.answering.abstain_below if below is None else below,
        chat=service.answering.chat,
        on_quotes=on_quotes,
    )
    service.metrics.answered.inc()
    if answer.abstained:
        service.metrics.abstained.inc()
    return answer


def _log(service: Service, request: QuestionRequest) -> None:
    if service.settings.log_questions:
        _LOG.info("%s", json.dumps({"question": request.question}, ensure_ascii=False))

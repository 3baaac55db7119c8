"""Search and ask."""

from __future__ import annotations

from fastapi import APIRouter

from api.problem import PROBLEMS
from api.requests import AskRequest, SearchRequest
from api.service import Service, ServiceOf
from rag import Answer, SearchResult, ask, search

router = APIRouter(prefix="/v1", tags=["questions"], responses=PROBLEMS)


@router.post("/search")
async def search_passages(request: SearchRequest, service: ServiceOf) -> SearchResult:
    """Find the best passages for a question, whichever language they are in."""
    return await service.pool.run(found, service, request)


@router.post("/ask")
async def ask_question(request: AskRequest, service: ServiceOf) -> Answer:
    """Answer a question with verified quotes."""
    return await service.pool.run(answered, service, request)


def found(service: Service, request: SearchRequest) -> SearchResult:
    """Return what a request looks for; in a thread that may wait."""
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


def answered(service: Service, request: AskRequest) -> Answer:
    """Return the answer to a request; in a thread that may wait."""
    below = request.abstain_below
    return ask(
        service.collection(request.collection),
        request.question,
        k=request.k,
        language=request.language,
        languages=request.languages,
        prefer=request.prefer,
        chosen=request.filter(),
        abstain_below=service.answering.abstain_below if below is None else below,
        chat=service.answering.chat,
    )

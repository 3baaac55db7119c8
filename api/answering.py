"""From a request to what is found, and to an answer."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from api.errors import Overloaded
from api.requests import AskBody, SearchBody
from api.service import Service
from rag import ask, search
from rag.answering.chat import ChatError
from rag.answering.llm_answer import OnSentence, write_answer
from tamngu.records.answer import Answer
from tamngu.records.hit import SearchResult

_LOG = logging.getLogger("tamngu.api")


def found(service: Service, request: SearchBody) -> SearchResult:
    """Return what a request finds. It runs in a thread that may wait."""
    _log(service, request.question)
    return search(service.collection(request.collection), request)


async def answer(service: Service, request: AskBody) -> Answer:
    """Return the answer to a request."""
    return await write(service, request, await quote(service, request))


async def quote(service: Service, request: AskBody) -> Answer:
    """Return the answer to a request in quotes."""
    answer = await service.pool.run(_quoted, service, request)
    service.metrics.answered.inc()
    if answer.abstained:
        service.metrics.abstained.inc()
    return answer


async def write(
    service: Service, request: AskBody, quotes: Answer, on_sentence: OnSentence = lambda _: None
) -> Answer:
    """Return the answer in the words of the chat model, if there is one.

    Args:
        service: what is asked.
        request: what for.
        quotes: the answer as it is without.
        on_sentence: see :func:`rag.answering.llm_answer.write_answer`; called in another thread.
    """
    chat = service.answering.chat
    if chat is None or quotes.abstained:
        return quotes

    def written() -> Answer:
        collection = service.collection(request.collection)
        return write_answer(collection, quotes, chat, on_sentence, _explained)

    try:
        # Somebody else's machine works here: it must not keep a thread from those who search.
        return await service.writers.run(written)
    except Overloaded:
        return replace(quotes, notice="The chat model is busy; these are the quotes.")


def _explained(error: ChatError) -> str:
    """Say that the chat model failed; what it said is for who runs the service."""
    _LOG.warning("%s", error)
    return "The chat model failed; these are the quotes."


def _quoted(service: Service, request: AskBody) -> Answer:
    _log(service, request.question)
    if request.abstain_below is None:
        request = replace(request, abstain_below=service.answering.abstain_below)
    return ask(service.collection(request.collection), request)


def _log(service: Service, question: str) -> None:
    if service.settings.log_questions:
        _LOG.info("%s", json.dumps({"question": question}, ensure_ascii=False))

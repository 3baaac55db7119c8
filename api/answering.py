"""Search and ask for a request of the API."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace

from api.errors import Overloaded
from api.requests import AskBody, SearchBody
from api.service import Service
from rag import ask, search
from rag.answering.chat import ChatError
from rag.answering.llm_answer import OnSentence, write_answer
from rag.stages import Stage, announced
from rag.text.visible import visible_json
from tamngu.records.answer import Answer
from tamngu.records.hit import SearchResult
from tamngu.records.notice import Notice

_LOG = logging.getLogger("tamngu.api")


def find_passages(service: Service, request: SearchBody) -> SearchResult:
    """Return the passages for a request. It blocks, so call it in a worker thread."""
    _log(service, request.question)
    return search(service.collection(request.collection), request)


async def answer(service: Service, request: AskBody) -> Answer:
    """Return the answer to a request."""
    return await write(service, request, await quote(service, request))


async def quote(
    service: Service, request: AskBody, on_begin: Callable[[Stage], object] = lambda _: None
) -> Answer:
    """Return the answer to a request, made of quotes.

    Args:
        service: the service that is asked.
        request: what it is asked.
        on_begin: called with the name of each stage that begins, in another thread.
    """

    def quoted() -> Answer:
        with announced(on_begin):
            return _quoted(service, request)

    answer = await service.pool.run(quoted)
    service.metrics.answered.inc()
    if answer.abstained:
        service.metrics.abstained.inc()
    return answer


async def write(
    service: Service, request: AskBody, quotes: Answer, on_sentence: OnSentence = lambda _: None
) -> Answer:
    """Return the answer in the words of the chat model, if the service has one.

    Args:
        service: the service that is asked.
        request: what it is asked.
        quotes: the answer made of quotes.
        on_sentence: see :func:`rag.answering.llm_answer.write_answer`; called in another thread.
    """
    chat = service.answering.chat
    if chat is None or quotes.abstained:
        return quotes

    def written() -> Answer:
        collection = service.collection(request.collection)
        return write_answer(collection, quotes, chat, on_sentence, _notice)

    try:
        # The chat model is slow and runs elsewhere, so it gets threads of its own.
        return await service.writers.run(written)
    except Overloaded:
        text = "The chat model is busy; these are the quotes."
        return quotes.with_notice(Notice("chat-busy", text, {"model": chat.model}))


def _notice(error: ChatError) -> str:
    """Return the notice for an error of the chat model; its details go to the log only."""
    _LOG.warning("%s", error)
    return "The chat model failed; these are the quotes."


def _quoted(service: Service, request: AskBody) -> Answer:
    _log(service, request.question)
    if request.abstain_below is None:
        request = replace(request, abstain_below=service.answering.abstain_below)
    return ask(service.collection(request.collection), request)


def _log(service: Service, question: str) -> None:
    if service.settings.log_questions:
        line = json.dumps({"question": question}, ensure_ascii=False)
        _LOG.info("%s", visible_json(line))

"""An answer as a chat completion of OpenAI's form, whole or in pieces."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool

from api.answer_events import stream_answer
from api.answering import answer as answer_to
from api.answering import quote
from api.openai.errors import openai_error
from api.openai.requests import CHAT_MODEL, ChatRequest
from api.problem import detail_of, status_of
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from rag.answering.source_list import source_list
from tamngu.records.answer import Answer

_PIECE = 40
"""Characters of a piece of what is known at once."""


@dataclass(frozen=True)
class _Head:
    """What all parts of a completion say.

    Attributes:
        id: names it.
        created: when, in seconds since 1970.
        model: as it was asked for.
    """

    id: str
    created: int
    model: str

    def of(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def chunk(self, delta: dict[str, str], end: str | None, more: dict[str, Any]) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return _event({**self.of("chat.completion.chunk"), "choices": [choice], **more})


async def complete(service: Service, request: ChatRequest) -> dict[str, Any]:
    """Answer a chat in one object.

    Raises:
        Refusal: the request is not one that can be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = _asked(request)
    answer = await answer_to(service, asked)
    text = _text(answer)
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        **_head(request).of("chat.completion"),
        "choices": [choice],
        "usage": await run_in_threadpool(_usage, service, asked.question, text),
        "tamngu": _extra(answer, asked.collection or service.default),
    }


async def stream(service: Service, request: ChatRequest) -> AsyncIterator[str]:
    """Return the server-sent events of an answer: the role, the text in pieces, ``[DONE]``.

    What a chat model writes comes sentence by sentence, as each is proven. What is in ``tamngu``
    comes with the chunk that ends the text.

    Raises:
        Refusal: the request is not one that can be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = _asked(request)
    quotes = await quote(service, asked)
    return _events(service, request, asked, quotes)


async def _events(
    service: Service, request: ChatRequest, asked: AskBody, quotes: Answer
) -> AsyncIterator[str]:
    head = _head(request)
    usage: dict[str, Any] = {"usage": None} if request.counts else {}
    answer = quotes
    said = ""
    yield head.chunk({"role": "assistant", "content": ""}, None, usage)
    try:
        async for told in stream_answer(service, asked, quotes):
            if isinstance(told, str):
                piece = f" {told}" if said else told
                said += piece
                yield head.chunk({"content": piece}, None, usage)
            else:
                answer = told
        text = _text(answer)
        # What a model took back has been read by now; what holds follows it.
        rest = text.removeprefix(said) if text.startswith(said) else f"\n\n{text}"
        for start in range(0, len(rest), _PIECE):
            yield head.chunk({"content": rest[start : start + _PIECE]}, None, usage)
        extra = _extra(answer, asked.collection or service.default)
        yield head.chunk({}, "stop", {**usage, "tamngu": extra})
        if request.counts:
            counted = await run_in_threadpool(_usage, service, asked.question, text)
            yield _event({**head.of("chat.completion.chunk"), "choices": [], "usage": counted})
        yield "data: [DONE]\n\n"
    except TamnguError as error:
        member = openai_error(status_of(error), detail_of(error, service.home))
        yield _event({"error": member.model_dump()})


def _head(request: ChatRequest) -> _Head:
    return _Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), request.model)


def _asked(request: ChatRequest) -> AskBody:
    return AskBody(question=request.question(), collection=request.collection())


def _text(answer: Answer) -> str:
    sources = source_list(answer.language, answer.citations)
    return f"{answer.answer}\n\n{sources}" if sources else answer.answer


def _usage(service: Service, question: str, text: str) -> dict[str, int]:
    """Count tokens, by the service's own model.

    Not in the pool: a full one would throw away an answer that is there.
    """
    asked, said = service.encoder.count_tokens([question, text])
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def models(names: list[str]) -> list[str]:
    """Return the names of the models that answer, for these collections."""
    return [CHAT_MODEL, *(f"{CHAT_MODEL}/{name}" for name in names)]


def _extra(answer: Answer, collection: str) -> dict[str, Any]:
    return {
        "collection": collection,
        "language": answer.language,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": [hit.passage_id for hit in answer.hits],
        "written_by": answer.written_by,
        "notice": answer.notice,
        "took_ms": answer.took_ms,
    }


def _event(content: dict[str, Any]) -> str:
    # In ASCII, as in answer_events.py.
    return f"data: {json.dumps(content)}\n\n"

"""An answer in the form of OpenAI's chat completions, whole or in pieces."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from api.answer_events import stream_answer
from api.answering import answer as answer_to
from api.answering import quote
from api.error_responses import detail_of, status_of
from api.openai.annotations import nested, url_citations
from api.openai.errors import openai_error
from api.openai.requests import CHAT_MODEL, ChatRequest
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from rag.answering.source_list import source_list
from tamngu.records.answer import Answer

_PIECE = 40
"""Characters in each piece of a text that is known as a whole."""


@dataclass(frozen=True)
class _Head:
    """What all parts of a completion have in common.

    Attributes:
        id: of the completion.
        created: seconds since 1970.
        model: as the request names it.
    """

    id: str
    created: int
    model: str

    def of(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def chunk(self, delta: dict[str, Any], end: str | None, more: dict[str, Any]) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return _event({**self.of("chat.completion.chunk"), "choices": [choice], **more})


async def complete(service: Service, request: ChatRequest) -> dict[str, Any]:
    """Answer a chat in one object.

    Raises:
        Refusal: the request cannot be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = request.asked()
    answer = await answer_to(service, asked)
    text = text_of(answer)
    annotations = nested(url_citations(answer, text))
    message = {
        "role": "assistant",
        "content": text,
        "refusal": None,
        "annotations": annotations,
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        **_head(request).of("chat.completion"),
        "choices": [choice],
        "usage": await service.lookups.run(usage_of, service, asked.question, text),
        "tamngu": extra_of(answer, asked.collection or service.default),
    }


async def stream(service: Service, request: ChatRequest) -> AsyncIterator[str]:
    """Return the server-sent events of an answer: the role, the text in pieces, ``[DONE]``.

    The text of a chat model comes sentence by sentence, each when it is proven. The member
    ``tamngu`` comes with the chunk that ends the text.

    Raises:
        Refusal: the request cannot be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = request.asked()
    quotes = await quote(service, asked)
    return _events(service, request, asked, quotes)


async def _events(
    service: Service, request: ChatRequest, asked: AskBody, quotes: Answer
) -> AsyncIterator[str]:
    head = _head(request)
    usage: dict[str, Any] = {"usage": None} if request.counts else {}
    answer = quotes
    sent = ""
    yield head.chunk({"role": "assistant", "content": ""}, None, usage)
    try:
        async for part in stream_answer(service, asked, quotes):
            if isinstance(part, str):
                piece = f" {part}" if sent else part
                sent += piece
                yield head.chunk({"content": piece}, None, usage)
            else:
                answer = part
        text = text_of(answer)
        for piece in pieces_of(text, sent):
            yield head.chunk({"content": piece}, None, usage)
        extra = extra_of(answer, asked.collection or service.default)
        annotations = nested(url_citations(answer, text))
        if annotations:
            yield head.chunk({"annotations": annotations}, None, usage)
        yield head.chunk({}, "stop", {**usage, "tamngu": extra})
        if request.counts:
            counted = await service.lookups.run(usage_of, service, asked.question, text)
            yield _event({**head.of("chat.completion.chunk"), "choices": [], "usage": counted})
        yield "data: [DONE]\n\n"
    except TamnguError as error:
        member = openai_error(status_of(error), detail_of(error, service.home))
        yield _event({"error": member.model_dump()})


def _head(request: ChatRequest) -> _Head:
    return _Head(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), request.model)


def pieces_of(text: str, sent: str) -> Iterator[str]:
    """Yield what is left to send of a text.

    If the text does not begin with what was sent, the client has read what the model later revoked;
    the valid text follows it.
    """
    rest = text.removeprefix(sent) if text.startswith(sent) else f"\n\n{text}"
    for start in range(0, len(rest), _PIECE):
        yield rest[start : start + _PIECE]


def text_of(answer: Answer) -> str:
    """Return an answer as a chat shows it, with the list of its sources."""
    sources = source_list(answer.language, answer.citations)
    return f"{answer.answer}\n\n{sources}" if sources else answer.answer


def usage_of(service: Service, question: str, text: str) -> dict[str, int]:
    """Count tokens with the model of the service.

    This does not run in the pool of searches: if that were full, a finished answer would be lost.
    """
    prompt, completion = service.encoder.count_tokens([question, text])
    total = prompt + completion
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


def models(names: list[str]) -> list[str]:
    """Return the names under which these collections can be asked."""
    return [CHAT_MODEL, *(f"{CHAT_MODEL}/{name}" for name in names)]


def extra_of(answer: Answer, collection: str) -> dict[str, Any]:
    """Return what Tamngu says of an answer beside what OpenAI's API has members for."""
    return {
        "collection": collection,
        "language": answer.language,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "answers": [asdict(each) for each in answer.answers],
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": [hit.passage_id for hit in answer.hits],
        "written_by": answer.written_by,
        "searched": answer.searched,
        "carried": [asdict(each) for each in answer.carried],
        "notice": answer.notice,
        "notices": [asdict(each) for each in answer.notices],
        "took_ms": answer.took_ms,
    }


def _event(content: dict[str, Any]) -> str:
    # In ASCII, because some clients read a line separator (U+2028) as the end of a line.
    return f"data: {json.dumps(content)}\n\n"

"""An answer as a chat completion of OpenAI's form, whole or in pieces."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from api.openai_requests import CHAT_MODEL, ChatRequest
from api.requests import AskRequest
from api.routes.questions import answered
from api.service import Service
from rag import Answer
from rag.source_list import source_list

_PIECE = 40
"""Characters of a piece of the text; the answer is whole before the first is sent."""


@dataclass(frozen=True)
class Completion:
    """An answer on its way to a chat.

    Attributes:
        id: names it.
        created: when, in seconds since 1970.
        model: as it was asked for.
        text: the answer with its sources.
        extra: what Tamngu knows of it beyond its text.
        usage: tokens of question and text, by the service's own model.
    """

    id: str
    created: int
    model: str
    text: str
    extra: dict[str, Any]
    usage: dict[str, int]

    def whole(self) -> dict[str, Any]:
        """Return it as one object."""
        message = {"role": "assistant", "content": self.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self.usage,
            "tamngu": self.extra,
        }

    def events(self, counts: bool) -> Iterator[str]:
        """Return it as server-sent events: the role, the text in pieces, its end, ``[DONE]``.

        What is in ``tamngu`` comes with the chunk that ends the text.

        Args:
            counts: whether a chunk without text brings the usage before ``[DONE]``.
        """
        usage: dict[str, Any] = {"usage": None} if counts else {}
        yield self._chunk({"role": "assistant", "content": ""}, None, usage)
        for start in range(0, len(self.text), _PIECE):
            yield self._chunk({"content": self.text[start : start + _PIECE]}, None, usage)
        yield self._chunk({}, "stop", {**usage, "tamngu": self.extra})
        if counts:
            head = self._head("chat.completion.chunk")
            yield _event({**head, "choices": [], "usage": self.usage})
        yield "data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, str], end: str | None, more: dict[str, Any]) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return _event({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def complete(service: Service, request: ChatRequest) -> Completion:
    """Answer a chat; in a thread that may wait.

    Raises:
        Refusal: the request is not one that can be answered.
        TamnguError: as :func:`rag.answer.ask`, and when opening the collection.
    """
    collection = request.collection()
    question = request.question()
    answer = answered(service, AskRequest(question=question, collection=collection))
    sources = source_list(answer.language, answer.citations)
    text = f"{answer.answer}\n\n{sources}" if sources else answer.answer
    asked, said = service.encoder.count_tokens([question, text])
    return Completion(
        id=f"chatcmpl-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=request.model,
        text=text,
        extra=_extra(answer, collection or service.default),
        usage={"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    )


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
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"

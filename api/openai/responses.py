"""An answer in the form of OpenAI's responses, whole or in events."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

from pydantic import ConfigDict, Field

from api.answer_events import stream_answer
from api.answering import answer as answer_to
from api.answering import quote
from api.error_responses import detail_of, status_of
from api.openai.annotations import url_citations
from api.openai.chat import extra_of, pieces_of, text_of, usage_of
from api.openai.errors import Refusal, openai_error
from api.openai.requests import CHAT_MODEL, Conversation, Message
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from tamngu.records.answer import Answer


class ResponsesRequest(Conversation):
    """A question in the form of OpenAI's responses; members that Tamngu does not need are ignored.

    Nothing is kept between two requests, so ``previous_response_id`` is refused: send the
    conversation in ``input``.

    Attributes:
        input: the question, or the conversation with the question at its end.
        stream: whether to send the answer in events.
        previous_response_id: must be left out.
        text: form of the answer; only text.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={"examples": [{"model": CHAT_MODEL, "input": "Who chairs ASEAN?"}]},
    )

    input: str | list[Message]
    stream: bool | None = False
    previous_response_id: str | None = None
    text: dict[str, Any] | None = Field(default=None)

    @property
    def place(self) -> str:
        """The member of the request that has the messages."""
        return "input"

    def conversation(self) -> list[Message]:
        """Return the messages.

        Raises:
            Refusal: another form of answer, or an earlier response, is asked for.
        """
        if self.previous_response_id is not None:
            raise Refusal(
                400,
                "Responses are not kept; send the conversation in input.",
                "previous_response_id",
            )
        form = (self.text or {}).get("format") or {}
        if isinstance(form, dict) and form.get("type", "text") != "text":
            raise Refusal(400, "Answers are text; leave text.format out.", "text")
        if isinstance(self.input, str):
            return [Message(role="user", content=self.input)]
        return self.input


async def respond(service: Service, request: ResponsesRequest) -> dict[str, Any]:
    """Answer in one object.

    Raises:
        Refusal: the request cannot be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = request.asked()
    answer = await answer_to(service, asked)
    return await _Response(service, request, asked).done(answer)


async def stream_response(service: Service, request: ResponsesRequest) -> AsyncIterator[str]:
    """Return the events of an answer, as OpenAI's API sends them.

    Raises:
        Refusal: the request cannot be answered.
        TamnguError: as :func:`rag.answering.ask.ask`, and when opening the collection.
    """
    asked = request.asked()
    quotes = await quote(service, asked)
    return _Response(service, request, asked).events(quotes)


class _Response:
    """A response that forms: it owns its ids and the number of its next event."""

    def __init__(self, service: Service, request: ResponsesRequest, asked: AskBody) -> None:
        self._service = service
        self._asked = asked
        self._model = request.model
        self._id = f"resp_{uuid.uuid4().hex}"
        self._message_id = f"msg_{uuid.uuid4().hex}"
        self._created_at = int(time.time())
        self._numbers = count()

    async def done(self, answer: Answer) -> dict[str, Any]:
        text = text_of(answer)
        counted = await self._service.lookups.run(
            usage_of, self._service, self._asked.question, text
        )
        usage = {
            "input_tokens": counted["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": counted["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": counted["total_tokens"],
        }
        message = self._message("completed", [_part(text, url_citations(answer, text))])
        extra = extra_of(answer, self._asked.collection or self._service.default)
        return {**self._object("completed", [message]), "usage": usage, "tamngu": extra}

    async def events(self, quotes: Answer) -> AsyncIterator[str]:
        place = {"item_id": self._message_id, "output_index": 0, "content_index": 0}
        answer, sent = quotes, ""
        for kind in ("response.created", "response.in_progress"):
            yield self._event(kind, {"response": self._object("in_progress", [])})
        item = {"output_index": 0, "item": self._message("in_progress", [])}
        yield self._event("response.output_item.added", item)
        yield self._event("response.content_part.added", {**place, "part": _part("", [])})
        try:
            async for part in stream_answer(self._service, self._asked, quotes):
                if isinstance(part, str):
                    piece = f" {part}" if sent else part
                    sent += piece
                    yield self._event("response.output_text.delta", {**place, "delta": piece})
                else:
                    answer = part
            text = text_of(answer)
            for piece in pieces_of(text, sent):
                yield self._event("response.output_text.delta", {**place, "delta": piece})
            found = url_citations(answer, text)
            for number, each in enumerate(found):
                added = {**place, "annotation_index": number, "annotation": each}
                yield self._event("response.output_text.annotation.added", added)
            yield self._event("response.output_text.done", {**place, "text": text})
            yield self._event("response.content_part.done", {**place, "part": _part(text, found)})
            item = {"output_index": 0, "item": self._message("completed", [_part(text, found)])}
            yield self._event("response.output_item.done", item)
            yield self._event("response.completed", {"response": await self.done(answer)})
        except TamnguError as error:
            said = openai_error(status_of(error), detail_of(error, self._service.home))
            failed = {**self._object("failed", []), "error": said.model_dump()}
            yield self._event("response.failed", {"response": failed})

    def _object(self, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created_at,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "model": self._model,
            "output": output,
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None,
        }

    def _message(self, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._message_id,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    def _event(self, kind: str, content: dict[str, Any]) -> str:
        data = {"type": kind, "sequence_number": next(self._numbers), **content}
        # In ASCII, because some clients read a line separator (U+2028) as the end of a line.
        return f"event: {kind}\ndata: {json.dumps(data)}\n\n"


def _part(text: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}

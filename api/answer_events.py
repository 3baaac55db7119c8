"""An answer in parts, as they become known: server-sent events."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

from api.answering import quote, write
from api.error_responses import detail_of, problem_body, status_of
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from tamngu.records.answer import Answer


async def answer_events(service: Service, request: AskBody) -> AsyncIterator[bytes]:
    """Yield the events ``hits``, ``answers``, and at the end ``answer`` or ``problem``.

    The first two come before a chat model writes: the passages, and the short answers with the
    citations that their markers name. Then comes a ``sentence`` for each sentence of the model that
    is proven. The work ends when the client has left.

    Raises:
        TamnguError: an error before passages are found.
    """
    quotes = await quote(service, request)
    yield _event("hits", {"hits": [dataclasses.asdict(hit) for hit in quotes.hits]})
    yield _event(
        "answers",
        {
            "answers": [dataclasses.asdict(each) for each in quotes.answers],
            "citations": [dataclasses.asdict(each) for each in quotes.citations],
        },
    )
    try:
        async for part in stream_answer(service, request, quotes):
            if isinstance(part, str):
                yield _event("sentence", {"text": part})
            else:
                yield _event("answer", dataclasses.asdict(part))
    except TamnguError as error:
        detail = detail_of(error, service.home)
        yield _event("problem", problem_body(status_of(error), detail).model_dump())


async def stream_answer(
    service: Service, request: AskBody, quotes: Answer
) -> AsyncIterator[str | Answer]:
    """Yield each proven sentence that a chat model writes, and then the answer."""
    loop = asyncio.get_running_loop()
    sentences: asyncio.Queue[str | None] = asyncio.Queue()

    def on_sentence(text: str) -> None:
        loop.call_soon_threadsafe(sentences.put_nowait, text)

    work = asyncio.ensure_future(write(service, request, quotes, on_sentence))
    work.add_done_callback(lambda _: sentences.put_nowait(None))
    try:
        while (sentence := await sentences.get()) is not None:
            yield sentence
        yield await work
    finally:
        work.cancel()


def _event(name: str, data: object) -> bytes:
    # In ASCII, because some clients read a line separator (U+2028) as the end of a line.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class EventResponse(StreamingResponse):
    """A stream of events whose first event is known."""

    media_type = "text/event-stream"

    def __init__(self, first: bytes, events: AsyncIterator[bytes]) -> None:
        """Send the first event, then the others."""

        async def whole() -> AsyncIterator[bytes]:
            yield first
            async for event in events:
                yield event

        super().__init__(whole(), headers={"Cache-Control": "no-store"})

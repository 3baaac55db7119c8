"""An answer as it forms: server-sent events."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

from api.answering import quote, write
from api.problem import detail_of, problem_body, status_of
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from tamngu.records.answer import Answer


async def answer_events(service: Service, request: AskBody) -> AsyncIterator[bytes]:
    """Yield an event ``hits`` as soon as passages are found, then ``answer`` or ``problem``.

    Between them comes a ``sentence`` as soon as each that a chat model writes is proven. When
    nobody listens any more, the work ends.

    Raises:
        TamnguError: before passages are found.
    """
    quotes = await quote(service, request)
    yield _event("hits", {"hits": [dataclasses.asdict(hit) for hit in quotes.hits]})
    try:
        async for told in stream_answer(service, request, quotes):
            if isinstance(told, str):
                yield _event("sentence", {"text": told})
            else:
                yield _event("answer", dataclasses.asdict(told))
    except TamnguError as error:
        detail = detail_of(error, service.home)
        yield _event("problem", problem_body(status_of(error), detail).model_dump())


async def stream_answer(
    service: Service, request: AskBody, quotes: Answer
) -> AsyncIterator[str | Answer]:
    """Yield the sentences that a chat model writes, as each is proven, and then the answer."""
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[str | None] = asyncio.Queue()

    def on_sentence(text: str) -> None:
        loop.call_soon_threadsafe(told.put_nowait, text)

    work = asyncio.ensure_future(write(service, request, quotes, on_sentence))
    work.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while (sentence := await told.get()) is not None:
            yield sentence
        yield await work
    finally:
        work.cancel()


def _event(name: str, data: object) -> bytes:
    # In ASCII: some readers of events take a line separator in a text for the end of a line.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class EventResponse(StreamingResponse):
    """A stream of events, the first of which is there."""

    media_type = "text/event-stream"

    def __init__(self, first: bytes, events: AsyncIterator[bytes]) -> None:
        """Answer with the first event, then with the rest."""

        async def whole() -> AsyncIterator[bytes]:
            yield first
            async for event in events:
                yield event

        super().__init__(whole(), headers={"Cache-Control": "no-store"})

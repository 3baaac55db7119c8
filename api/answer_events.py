"""An answer as it forms: server-sent events."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable

from starlette.responses import StreamingResponse

from api.problem import problem_body, status_of
from api.work import WorkPool
from embeddings import TamnguError
from rag import Answer

Answers = Callable[[Callable[[Answer], object]], Answer]
"""Answers a question, and calls what it is given with the answer in quotes before."""


async def answer_events(pool: WorkPool, answers: Answers) -> AsyncIterator[bytes]:
    """Yield an event ``hits`` as soon as passages are found, then ``answer`` or ``problem``.

    When nobody listens any more, what waits for a thread never begins.

    Raises:
        TamnguError: before passages are found.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Queue[Answer] = asyncio.Queue()

    def on_quotes(answer: Answer) -> None:
        loop.call_soon_threadsafe(found.put_nowait, answer)

    work = asyncio.ensure_future(pool.run(answers, on_quotes))
    first = asyncio.ensure_future(found.get())
    try:
        await asyncio.wait((work, first), return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            # It failed: nothing is ever answered without passages looked for.
            await work
        hits = [dataclasses.asdict(hit) for hit in (await first).hits]
        yield _event("hits", {"hits": hits})
        try:
            yield _event("answer", dataclasses.asdict(await work))
        except TamnguError as error:
            yield _event("problem", problem_body(status_of(error), str(error)).model_dump())
    finally:
        first.cancel()
        work.cancel()


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


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

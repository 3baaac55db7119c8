"""An answer in parts, as they become known: server-sent events."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from api.answering import quote, write
from api.error_responses import detail_of, problem_body, status_of
from api.requests import AskBody
from api.service import Service
from embeddings import TamnguError
from rag.stages import Stage
from tamngu.records.answer import Answer

_ANNOUNCED: frozenset[Stage] = frozenset({"ranking", "reading", "quotes"})
"""Stages that a client is told of. A request that is not valid is refused before the first."""


async def answer_events(service: Service, request: AskBody) -> AsyncIterator[bytes]:
    """Yield the events of an answer, the last of which is ``answer`` or ``problem``.

    ``stage`` says what is being done. ``answers`` has the short answers, ``citations`` the quotes
    that their markers name, ``hits`` the passages; all three come before a chat model writes. Then
    comes a ``sentence`` for each sentence of the model that is proven. The work ends when the
    client has left.

    Raises:
        TamnguError: an error before anything is searched.
    """
    said = False
    try:
        async for part in _quoted(service, request):
            said = True
            if isinstance(part, str):
                yield _event("stage", {"stage": part})
                continue
            for name, data in _parts(part):
                yield _event(name, data)
            async for written in stream_answer(service, request, part):
                if isinstance(written, str):
                    yield _event("sentence", {"text": written})
                else:
                    yield _event("answer", dataclasses.asdict(written))
    except TamnguError as error:
        if not said:
            raise
        detail = detail_of(error, service.home)
        yield _event("problem", problem_body(status_of(error), detail).model_dump())


async def stream_answer(
    service: Service, request: AskBody, quotes: Answer
) -> AsyncIterator[str | Answer]:
    """Yield each proven sentence that a chat model writes, and then the answer."""
    async for part in _with_parts(lambda say: write(service, request, quotes, say)):
        yield part


async def _quoted(service: Service, request: AskBody) -> AsyncIterator[str | Answer]:
    """Yield the stages of answering that a client is told of, and then the answer of quotes."""

    async def work(say: Callable[[str], None]) -> Answer:
        def on_begin(stage: Stage) -> None:
            if stage in _ANNOUNCED:
                say(stage)

        return await quote(service, request, on_begin)

    async for part in _with_parts(work):
        yield part


async def _with_parts(
    work: Callable[[Callable[[str], None]], Coroutine[Any, Any, Answer]],
) -> AsyncIterator[str | Answer]:
    """Yield what work says while it runs, in other threads, and then its result."""
    loop = asyncio.get_running_loop()
    parts: asyncio.Queue[str | None] = asyncio.Queue()

    def say(part: str) -> None:
        loop.call_soon_threadsafe(parts.put_nowait, part)

    running = asyncio.ensure_future(work(say))
    running.add_done_callback(lambda _: parts.put_nowait(None))
    try:
        while (part := await parts.get()) is not None:
            yield part
        yield await running
    finally:
        running.cancel()


def _parts(answer: Answer) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return the events that say an answer in parts, the most important one first."""
    known = dataclasses.asdict(answer)
    told = (
        *("question", "language", "script", "abstained", "confidence", "answers", "notice"),
        *("searched", "carried", "notices"),
    )
    return (
        ("answers", {name: known[name] for name in told}),
        ("citations", {"citations": known["citations"]}),
        ("hits", {"hits": known["hits"]}),
    )


def _event(name: str, data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Some clients read each of these as the end of a line.
    for separator in "\x85\u2028\u2029":
        text = text.replace(separator, f"\\u{ord(separator):04x}")
    # A text may hold halves of surrogate pairs, which have no UTF-8.
    return f"event: {name}\ndata: {text}\n\n".encode("utf-8", "replace")

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from api.error_responses import problem
from api.middleware import size_limit
from api.middleware.size_limit import SizeLimit

LIMIT = 500_000


def answer(
    pieces: Sequence[bytes], *, path: str = "/v1/search", wait_s: float = 0, length: bytes = b""
) -> tuple[int, bytes]:
    """Send a body in pieces; return the status and the body of the response."""
    sent: list[Message] = []
    rest = list(pieces)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(body)(scope, receive, send)

    async def receive() -> Message:
        await asyncio.sleep(wait_s)
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"content-length", length)] * bool(length)}
    limit = SizeLimit(app, LIMIT, lambda _path, status, detail: problem(status, detail))
    asyncio.run(limit(scope, receive, send))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def test_a_body_of_single_bytes_arrives_whole() -> None:
    assert answer([b"x"] * 1000) == (200, b"x" * 1000)


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"":1,'])
def test_a_body_of_very_many_parts_is_refused(part: bytes) -> None:
    assert answer([part * 15_000])[0] == 200
    assert answer([part * 16_000])[0] == 413


@pytest.mark.parametrize("length", [b"500001", b"9" * 5000])
def test_a_length_is_refused_before_the_body_is_read(length: bytes) -> None:
    assert answer([], length=length)[0] == 413


def test_a_body_that_is_longer_than_it_said_is_refused() -> None:
    assert answer([b"x" * LIMIT, b"x"], length="²".encode("latin-1"))[0] == 413


def test_a_body_that_comes_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_limit, "SLOW_START_S", 0.05)
    assert answer([b"x", b"x"], wait_s=60)[0] == 408


def test_an_upload_that_comes_too_slowly_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size_limit, "SLOW_START_S", 0.05)
    with pytest.raises(ClientDisconnect):
        answer([b"x", b"x"], wait_s=60, path="/v1/imports")

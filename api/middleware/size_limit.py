"""Requests that are too large are refused before the application sees them."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openai.errors import refusal

STREAMED = frozenset({"/v1/imports"})
"""Paths of uploads."""


class SizeLimit:
    """ASGI middleware that answers 413 to a body of more than ``limit`` bytes.

    It takes in the whole body before the application runs, never more than the limit. Uploads pass
    as they come: whoever stores them counts them.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Wrap ``app``."""
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose body is small enough, refuse any other."""
        if scope["type"] != "http" or scope["path"] in STREAMED:
            await self.app(scope, receive, send)
            return
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = stated.isdigit() and int(stated) > self.limit
        messages: deque[Message] = deque()
        received = 0
        more = not too_large
        while more:
            message = await receive()
            messages.append(message)
            received += len(message.get("body", b""))
            too_large = received > self.limit
            more = message.get("more_body", False) and not too_large
        if too_large:
            detail = f"The request has more than {self.limit:,} bytes."
            answer = refusal(scope["path"], HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
            await answer(scope, receive, send)
            return

        async def replayed() -> Message:
            return messages.popleft() if messages else await receive()

        await self.app(scope, replayed, send)

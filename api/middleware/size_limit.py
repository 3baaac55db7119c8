"""Requests that are too large are refused before the application sees them."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_responses import ErrorFormatter

STREAMED = frozenset({"/v1/imports"})
"""Paths whose bodies are uploads."""


class SizeLimit:
    """ASGI middleware that answers 413 to a body of more than ``limit`` bytes.

    It reads the whole body before the application runs, and never more than the limit. Uploads pass
    through unread; the code that stores them checks their size.
    """

    def __init__(self, app: ASGIApp, limit: int, format_error: ErrorFormatter) -> None:
        """Wrap ``app``."""
        self._app = app
        self._limit = limit
        self._format_error = format_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose body is small enough, and refuse any other."""
        if scope["type"] != "http" or scope["path"] in STREAMED:
            await self._app(scope, receive, send)
            return
        content_length = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = content_length.isdigit() and int(content_length) > self._limit
        messages: deque[Message] = deque()
        received = 0
        more = not too_large
        while more:
            message = await receive()
            messages.append(message)
            received += len(message.get("body", b""))
            too_large = received > self._limit
            more = message.get("more_body", False) and not too_large
        if too_large:
            detail = f"The request has more than {self._limit:,} bytes."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            await self._format_error(scope["path"], status, detail)(scope, receive, send)
            return

        async def receive_again() -> Message:
            return messages.popleft() if messages else await receive()

        await self._app(scope, receive_again, send)

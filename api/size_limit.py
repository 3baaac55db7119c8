"""Requests that are too large are refused before they are read."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem import problem


class _TooLarge(Exception):
    """More bytes came than are taken."""


class SizeLimit:
    """ASGI middleware that answers 413 to a body of more than ``limit`` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Wrap ``app``."""
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its bytes as they come."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received = 0
        started = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        stated = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if stated.isdigit() and int(stated) > self.limit:
                raise _TooLarge
            await self.app(scope, counted, noted)
        except _TooLarge:
            if not started:
                detail = f"The request has more than {self.limit:,} bytes."
                refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
                await refusal(scope, receive, send)

"""Work on a question ends when the client that asked it has disconnected."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUESTIONS = frozenset({"/v1/search", "/v1/ask", "/v1/chat/completions", "/v1/embeddings"})
"""Paths whose work is useful only to the client that waits for it."""

_CLIENT_CLOSED_REQUEST = 499
"""The status that is counted for a request whose client has gone (nginx's number)."""


class ClientDisconnect:
    """ASGI middleware that cancels a question when its client closes the connection.

    It reads the whole body before the application runs, so another middleware has to limit the size
    of the body first.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; if it is a question, watch the connection at the same time."""
        if scope["type"] != "http" or scope["path"] not in QUESTIONS:
            await self._app(scope, receive, send)
            return
        messages: deque[Message] = deque()
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
        disconnected = asyncio.ensure_future(receive())

        async def receive_again() -> Message:
            # After the body, the only message that can follow is the disconnection.
            return messages.popleft() if messages else await asyncio.shield(disconnected)

        has_begun = has_ended = False

        async def send_noting_progress(message: Message) -> None:
            nonlocal has_begun, has_ended
            has_begun = True
            has_ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        work = asyncio.ensure_future(self._app(scope, receive_again, send_noting_progress))
        try:
            await asyncio.wait((work, disconnected), return_when=asyncio.FIRST_COMPLETED)
            # Servers report a disconnection also after the whole response was sent.
            if work.done() or has_ended:
                await work
                return
            work.cancel()
            await asyncio.wait((work,))
            if not has_begun:
                response = Response(status_code=_CLIENT_CLOSED_REQUEST)
                await response(scope, receive_again, send)
        finally:
            disconnected.cancel()
            work.cancel()

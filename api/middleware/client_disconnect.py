"""Questions of clients that have left are not answered to the end."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUESTIONS = frozenset({"/v1/search", "/v1/ask", "/v1/chat/completions", "/v1/embeddings"})
"""Paths whose work is of use to who asks alone."""

_LEFT = 499
"""What is counted for a request that nobody waits for, a status of nginx's own; nobody sees it."""


class Departure:
    """ASGI middleware that cancels a question when its client closes the connection.

    What stands behind it gets the whole body at once, so its size is to be checked before.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and watch its client meanwhile if it asks something."""
        if scope["type"] != "http" or scope["path"] not in QUESTIONS:
            await self.app(scope, receive, send)
            return
        messages: deque[Message] = deque()
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
        has_left = asyncio.ensure_future(receive())

        async def replayed() -> Message:
            # Later calls wait for the same: there is nothing after the body but its sender leaving.
            return messages.popleft() if messages else await asyncio.shield(has_left)

        has_begun = has_ended = False

        async def sent(message: Message) -> None:
            nonlocal has_begun, has_ended
            has_begun = True
            has_ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        work = asyncio.ensure_future(self.app(scope, replayed, sent))
        try:
            await asyncio.wait((work, has_left), return_when=asyncio.FIRST_COMPLETED)
            # Once all is sent servers say that the client has left, too.
            if work.done() or has_ended:
                await work
                return
            work.cancel()
            await asyncio.wait((work,))
            if not has_begun:
                await Response(status_code=_LEFT)(scope, replayed, send)
        finally:
            has_left.cancel()
            work.cancel()

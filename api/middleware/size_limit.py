"""Requests that are too large, or come too slowly, end before the application works on them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_responses import ErrorFormatter

STREAMED = frozenset({"/v1/imports", "/v1/previews"})
"""Paths whose bodies are uploads."""

SLOW_START_S = 10.0
"""Seconds that a body may take, whatever its size. Chosen manually, not tuned."""

LEAST_BYTES_PER_S = 1000
"""Bytes that have to come in each further second; a client that sends fewer holds a connection for
nothing. Chosen manually, not tuned: the slowest mobile connections are ten times as fast."""

_BYTES_FOR_A_PART = 33
"""Bytes of the limit for each list, object or member that a body of JSON may have, counted by their
brackets and colons: 30,000 for a megabyte. Each takes up to six microseconds to read and to refuse,
in calls that no other thread interrupts. Chosen manually, not tuned."""

_MOST_DIGITS = 18
"""Digits of a length that is read; Python reads no number of thousands of digits."""

_TOO_SLOW = (HTTPStatus.REQUEST_TIMEOUT, "The request came too slowly; send it again.")


class SizeLimit:
    """ASGI middleware that answers 413 to a body of more than ``limit`` bytes, 408 to a slow one.

    A body with very many lists, objects and members is refused with 413 too.

    It reads the whole body before the application runs, and never more than the limit. Uploads pass
    through unread; the code that stores them checks their size. One that comes too slowly ends as
    if its client had closed the connection.
    """

    def __init__(self, app: ASGIApp, limit: int, format_error: ErrorFormatter) -> None:
        """Wrap ``app``."""
        self._app = app
        self._limit = limit
        self._format_error = format_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose body is small enough, and refuse any other."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        receive = _in_time(receive)
        if scope["path"] in STREAMED:
            await self._app(scope, _ending_late_bodies(receive), send)
            return
        content_length = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
        # One message for the whole body: a client may send each byte by itself.
        body = bytearray()
        more = not exceeds(content_length, self._limit)
        too_large = not more
        message: Message = {}
        while more:
            try:
                message = await receive()
            except TimeoutError:
                await self._refuse(scope, receive, send, *_TOO_SLOW)
                return
            body += message.get("body", b"")
            too_large = len(body) > self._limit
            more = message.get("more_body", False) and not too_large
        if too_large:
            detail = f"The request has more than {self._limit:,} bytes."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            await self._refuse(scope, receive, send, status, detail)
            return
        most_parts = self._limit // _BYTES_FOR_A_PART
        if sum(map(body.count, (b"[", b"{", b":"))) > most_parts:
            detail = f"The request has more than {most_parts:,} brackets and colons."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            await self._refuse(scope, receive, send, status, detail)
            return
        if message["type"] == "http.request":
            message = {"type": "http.request", "body": bytes(body), "more_body": False}
        first: list[Message] = [message]

        async def receive_again() -> Message:
            return first.pop() if first else await receive()

        await self._app(scope, receive_again, send)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, status: HTTPStatus, detail: str
    ) -> None:
        await self._format_error(scope["path"], status, detail)(scope, receive, send)


def exceeds(content_length: str, limit: int) -> bool:
    """Tell whether a Content-Length header states more than ``limit`` bytes.

    >>> exceeds("101", 100), exceeds("9" * 5000, 100), exceeds("²", 100), exceeds("", 100)
    (True, True, False, False)
    """
    if not (content_length.isascii() and content_length.isdigit()):
        return False
    return len(content_length) > _MOST_DIGITS or int(content_length) > limit


def _in_time(receive: Receive) -> Receive:
    """Return ``receive`` with a limit of time until the body has ended.

    It raises TimeoutError.
    """
    began: float | None = None
    received = 0
    has_ended = False

    async def receive_in_time() -> Message:
        nonlocal began, received, has_ended
        if has_ended:
            # Only a disconnection can follow, and it may take as long as it likes.
            return await receive()
        loop = asyncio.get_running_loop()
        began = loop.time() if began is None else began
        async with asyncio.timeout_at(began + SLOW_START_S + received / LEAST_BYTES_PER_S):
            message = await receive()
        received += len(message.get("body", b""))
        has_ended = not message.get("more_body", False)
        return message

    return receive_in_time


def _ending_late_bodies(receive: Receive) -> Receive:
    """Return ``receive`` with a disconnection in place of a body that comes too slowly."""

    async def receive_or_end() -> Message:
        try:
            return await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}

    return receive_or_end

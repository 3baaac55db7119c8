"""Requests as an HTTP server passes them to the application, without the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message

_WAIT_S = 600.0
"""Seconds until a request that has no response counts as one that hangs."""

_STREAM_S = 0.3
"""Seconds after which a client closes a stream of events."""

_NAME = re.compile(r"[^a-z0-9!#$%&'*+.^_`|~-]")
_VALUE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")


@dataclass(frozen=True)
class Request:
    """A request.

    Attributes:
        method: one of those of HTTP.
        path: may have any characters; those that no path has are written as a client does.
        query: as the path.
        headers: names and values; what no header has is left out.
        body: its bytes.
    """

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def scope(self) -> dict[str, Any]:
        """Return what the application is told of it."""
        method = self.method.upper() if self.method.upper() in _METHODS else "POST"
        raw = quote(self.path, safe="/%:@!$&'()*+,;=~[]").encode()
        headers = [(b"host", b"127.0.0.1:8000")]
        for name, value in self.headers:
            allowed = _NAME.sub("", name.lower()), _VALUE.sub("", value).strip()
            if allowed[0] and allowed[0] != "host":
                headers.append((allowed[0].encode(), allowed[1].encode("latin-1")))
        if self.body or method in ("POST", "PUT"):
            headers.append((b"content-length", b"%d" % len(self.body)))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw.decode()),
            "raw_path": raw,
            "root_path": "",
            "query_string": quote(self.query, safe="/%:@!$&'()*+,;=~?[]").encode(),
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


@dataclass
class Response:
    """What an application answered."""

    status: int = 0
    headers: dict[str, str] | None = None
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return (self.headers or {}).get("content-type", "").partition(";")[0]


async def answered(app: ASGIApp, request: Request) -> Response:
    """Send a request to an application; what the application raises is raised."""
    response = Response()
    left = [request.body[:7], request.body[7:]]
    is_over = asyncio.Event()

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}
        await is_over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            pairs = [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message["headers"]
            ]
            response.headers = dict(pairs)
            if response.media_type == "text/event-stream":
                asyncio.get_running_loop().call_later(_STREAM_S, is_over.set)
        else:
            response.body += message.get("body", b"")
            if not message.get("more_body", False):
                is_over.set()

    await asyncio.wait_for(app(request.scope(), receive, send), _WAIT_S)
    return response

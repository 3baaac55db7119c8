"""Entity tags: who has an answer already is told so, and not sent it again (RFC 9110)."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from xxhash import xxh3_128_hexdigest

from api.auth.scopes import API


def matches(stated: str, tag: str | None) -> bool:
    """Tell whether a list of entity tags, or ``*``, has one; None: there is nothing to have one.

    >>> matches('"a", W/"b"', "b"), matches("*", "a"), matches("*", None)
    (True, True, False)
    """
    if stated.strip() == "*":
        return tag is not None
    tags = (each.strip().removeprefix("W/").strip('"') for each in stated.split(","))
    return tag is not None and tag in tags


class EntityTags:
    """ASGI middleware that gives what is read from the API a tag of what it says.

    What has one is left as it is, and so are streams.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer with a tag, or without a body."""
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        if not is_read or not scope["path"].startswith(f"{API}/"):
            await self.app(scope, receive, send)
            return
        stated = ", ".join(Headers(scope=scope).getlist("if-none-match")) or None
        start: Message | None = None

        async def sent(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_whole_json(message):
                # Held back until its body is there.
                start = message
                return
            if start is not None:
                begun, start = start, None
                if not message.get("more_body"):
                    message = _tagged(begun, message, stated)
                await send(begun)
            await send(message)

        await self.app(scope, receive, sent)


def _tagged(start: Message, end: Message, stated: str | None) -> Message:
    """Give an answer its tag; return its body, or none for who has one of the stated tags."""
    tag = xxh3_128_hexdigest(end.get("body", b""))
    headers = MutableHeaders(scope=start)
    headers["ETag"] = f'W/"{tag}"'
    if stated is None or not matches(stated, tag):
        return end
    start["status"] = 304
    for name in ("content-length", "content-type"):
        del headers[name]
    return {**end, "body": b""}


def _is_whole_json(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and "etag" not in headers
        # Streams do not say how long they are.
        and "content-length" in headers
        and headers.get("content-type", "").startswith("application/json")
    )

"""Entity tags: a client that already has a response is not sent it again (RFC 9110)."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from xxhash import xxh3_128_hexdigest

from api.auth.scopes import API


def matches(header: str, tag: str | None) -> bool:
    """Tell whether an If-Match or If-None-Match header matches the tag of a resource.

    Args:
        header: a list of entity tags, or ``*`` for any tag.
        tag: of the resource; None: the resource does not exist.

    >>> matches('"a", W/"b"', "b"), matches("*", "a"), matches("*", None)
    (True, True, False)
    """
    if header.strip() == "*":
        return tag is not None
    tags = (each.strip().removeprefix("W/").strip('"') for each in header.split(","))
    return tag is not None and tag in tags


class EntityTags:
    """ASGI middleware that adds a tag, a hash of the body, to what clients read from the API.

    Responses that have a tag already, and streams, are left unchanged.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; add a tag to the response, or send 304 if the client has it."""
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        if not is_read or not scope["path"].startswith(f"{API}/"):
            await self._app(scope, receive, send)
            return
        if_none_match = ", ".join(Headers(scope=scope).getlist("if-none-match")) or None
        start: Message | None = None

        async def send_with_tag(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_whole_json(message):
                # The headers wait for the body, because the tag is a hash of the body.
                start = message
                return
            if start is not None:
                begun, start = start, None
                if not message.get("more_body"):
                    message = _tagged(begun, message, if_none_match)
                await send(begun)
            await send(message)

        await self._app(scope, receive, send_with_tag)


def _tagged(start: Message, end: Message, if_none_match: str | None) -> Message:
    """Add the tag to the headers of a response; return its body, empty if the client has it."""
    tag = xxh3_128_hexdigest(end.get("body", b""))
    headers = MutableHeaders(scope=start)
    headers["ETag"] = f'W/"{tag}"'
    if if_none_match is None or not matches(if_none_match, tag):
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
        # Streams have no content-length.
        and "content-length" in headers
        and headers.get("content-type", "").startswith("application/json")
    )

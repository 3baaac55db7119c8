"""The page that shows the API's description."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Annotated

from fastapi import Header
from fastapi.responses import Response

from api.description import new_router
from api.middleware.entity_tags import matches

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = new_router(include_in_schema=False)


def _file(content: bytes, media: str) -> Callable[[str | None], Awaitable[Response]]:
    tag = hashlib.sha256(content).hexdigest()[:32]
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "ETag": f'"{tag}"',
        "X-Content-Type-Options": "nosniff",
    }

    async def serve_file(if_none_match: Annotated[str | None, Header()] = None) -> Response:
        if if_none_match is not None and matches(if_none_match, tag):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media)

    return serve_file


for _path, _name, _media in (
    ("/docs", "docs.html", "text/html"),
    ("/docs/docs.js", "docs.js", "text/javascript"),
    ("/docs/docs.css", "docs.css", "text/css"),
):
    _content = (files("api") / "docs_page" / _name).read_bytes()
    router.api_route(_path, methods=["GET", "HEAD"])(_file(_content, _media))

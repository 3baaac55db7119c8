"""The three files of the web page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def _file(content: str, media: str) -> Callable[[], Awaitable[Response]]:
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}

    async def serve_file() -> Response:
        return Response(content, headers=headers, media_type=media)

    return serve_file


for _path, _name, _media in (
    ("/", "index.html", "text/html"),
    ("/page.js", "page.js", "text/javascript"),
    ("/page.css", "page.css", "text/css"),
):
    _content = (files("api") / "web" / _name).read_text(encoding="utf-8")
    router.api_route(_path, methods=["GET", "HEAD"])(_file(_content, _media))

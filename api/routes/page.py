"""The three files of the web page, and the description of the API."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from api.service import ServiceOf

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


@router.api_route("/openapi.json", methods=["GET", "HEAD"])
async def describe_api(request: Request, service: ServiceOf) -> Response:
    """Return the OpenAPI description, which the first call makes."""
    body = await service.lookups.run(_description, request.app)
    return Response(body, media_type="application/json")


def _description(app: FastAPI) -> str:
    return json.dumps(app.openapi())


for _path, _name, _media in (
    ("/", "index.html", "text/html"),
    ("/page.js", "page.js", "text/javascript"),
    ("/page.css", "page.css", "text/css"),
):
    _content = (files("api") / "web" / _name).read_text(encoding="utf-8")
    router.api_route(_path, methods=["GET", "HEAD"])(_file(_content, _media))

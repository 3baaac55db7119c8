"""The web app, plain pages beside it, and the description of the API."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.auth.scopes import ASSETS, READ
from api.description import new_router
from api.middleware.entity_tags import matches
from api.plain_pages import PART, article_page, list_page
from api.service import CollectionName, ServiceOf
from api.web_files import WebFile, read_web_app
from tamngu.records.filter import NO_FILTER

_APP = read_web_app()

_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' '{_APP.script_hash}'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # No text ever becomes markup: the browser refuses every call that would make it so.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_FOR_EVER = "public, max-age=31536000, immutable"
"""Of files whose paths have their hash in them."""

_ASK_FIRST = "no-cache"
"""Of the page, which names those paths: a browser asks whether it has changed."""

_PLAIN = {
    **_ALWAYS,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}

_STYLE = next(path for path in _APP.assets if path.endswith("/styles.css"))

Id = Annotated[str, Query(max_length=512)]
IfNoneMatch = Annotated[str | None, Header()]

router = new_router(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def send_page(if_none_match: IfNoneMatch = None) -> Response:
    """Return the page of the web app."""
    return _sent(_APP.page, _ASK_FIRST, if_none_match)


@router.api_route(f"{ASSETS}{{path:path}}", methods=["GET", "HEAD"])
async def send_asset(path: str, if_none_match: IfNoneMatch = None) -> Response:
    """Return a file that the page needs."""
    found = _APP.assets.get(f"{ASSETS}{path}")
    if found is None:
        raise HTTPException(404, "There is no such file; reload the page")
    return _sent(found, _FOR_EVER, if_none_match)


@router.api_route("/openapi.json", methods=["GET", "HEAD"])
async def describe_api(request: Request, service: ServiceOf) -> Response:
    """Return the OpenAPI description, which the first call makes."""
    body = await service.lookups.run(_description, request.app)
    return Response(body, media_type="application/json")


@router.get("/plain", dependencies=READ)
async def list_plainly(
    service: ServiceOf, collection: CollectionName = None, after: Id = ""
) -> Response:
    """Return a list of articles as a page without scripts."""

    def listed() -> str:
        articles = service.collection(collection).catalog.articles
        return list_page(articles.page(after, PART + 1, NO_FILTER), collection, _STYLE)

    return HTMLResponse(await service.pool.run(listed), headers=_PLAIN)


@router.get("/plain/article", dependencies=READ)
async def read_plainly(service: ServiceOf, id: Id, collection: CollectionName = None) -> Response:
    """Return an article as a page without scripts."""

    def read() -> str:
        article = service.collection(collection).catalog.articles.get(id)
        if article is None:
            raise HTTPException(404, f"There is no article {id!r}")
        return article_page(article, collection, _STYLE)

    return HTMLResponse(await service.pool.run(read), headers=_PLAIN)


def _sent(file: WebFile, cached: str, if_none_match: str | None) -> Response:
    headers = {**_ALWAYS, "ETag": f'W/"{file.tag}"', "Cache-Control": cached}
    if if_none_match is not None and matches(if_none_match, file.tag):
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media)


def _description(app: FastAPI) -> str:
    return json.dumps(app.openapi())

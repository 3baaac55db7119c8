"""The OpenAPI description of the service: what stands in it beside the routes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI

SUMMARY = "Questions in Vietnamese, Chinese or English, answered with exact quotes of articles."

DESCRIPTION = """\
Tamngu answers questions from a collection of articles in Vietnamese, Chinese and English. It finds
the best passage whichever language it is in, and cites it to the character: the article's text from
`start` to `end` is the quote.

If the service has keys, send one as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Each route
says which scope it needs: `read`, `write` or `admin`. Errors are problem bodies (RFC 9457) with one
sentence that says what to do. A write that is sent again with its `Idempotency-Key` is done once.
`collection` names a collection; without it, the one that the service was started with is meant.
"""

LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}

SERVERS = [{"url": "/", "description": "This service."}]

TAGS = [
    {"name": "questions", "description": "Search and ask."},
    {"name": "articles", "description": "Read, store, edit, delete and restore articles."},
    {"name": "collections", "description": "Sets of articles, and what they can be narrowed by."},
    {"name": "imports", "description": "Files, pages and feeds into a collection."},
    {"name": "languages", "description": "Which language a text is in."},
    {"name": "jobs", "description": "Work that goes on after its request was answered."},
    {"name": "alerts", "description": "Saved questions, and new articles that answer them."},
    {"name": "evaluation", "description": "Gold sets, and what people say of answers."},
    {"name": "openai", "description": "OpenAI's API, for clients that speak it."},
    {"name": "operation", "description": "Whether the service is well."},
]
"""Subjects of routes, in the order in which they are shown."""

new_router = partial(APIRouter, generate_unique_id_function=lambda route: route.name)
"""Make a router. Clients that are generated from the description name their methods by the names
of its functions."""

_SCOPES = "x-scopes"


def describe(app: FastAPI, scopes: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """Return the description of an application, with examples and the scopes that routes need.

    Args:
        app: with all its routes.
        scopes: by method and path.
    """
    document = FastAPI.openapi(app)
    examples = json.loads(
        (files("api") / "docs_page" / "examples.json").read_text(encoding="utf-8")
    )
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            scope = scopes.get((method, path))
            if scope is not None:
                operation[_SCOPES] = [scope]
            example = examples.get(operation["operationId"])
            if example is not None:
                _add_example(operation, example)
    return document


def _add_example(operation: dict[str, Any], example: object) -> None:
    """Add an example to the first successful response that has a JSON body and no example yet."""
    for status in ("200", "201", "202"):
        content = operation["responses"].get(status, {}).get("content", {}).get("application/json")
        if content is not None:
            content.setdefault("example", example)
            return

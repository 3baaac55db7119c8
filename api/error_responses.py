"""Errors as RFC 9457 problem bodies: every 4xx and 5xx has the same shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.errors import BadKey, Forbidden, KeyNotFound, KeysUnreadable, Overloaded, StillRunning
from embeddings import TamnguError
from rag.errors import (
    BadCollectionName,
    BadQuestion,
    ClusterUnavailable,
    CollectionBusy,
    CollectionDamaged,
    CollectionNotFound,
    ModelMismatch,
    NotEnoughMemory,
    StorageError,
)
from tamngu.records.request import BadRequest

_STATUS: dict[type[TamnguError], HTTPStatus] = {
    BadQuestion: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadCollectionName: HTTPStatus.UNPROCESSABLE_ENTITY,
    CollectionNotFound: HTTPStatus.NOT_FOUND,
    ModelMismatch: HTTPStatus.CONFLICT,
    NotEnoughMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    CollectionDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
    CollectionBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    ClusterUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StillRunning: HTTPStatus.CONFLICT,
    Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    BadKey: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
    KeyNotFound: HTTPStatus.NOT_FOUND,
    KeysUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Errors that the caller can correct, or that pass with time; every other TamnguError is a 500."""


INTERNAL_ERROR = "Internal error in Tamngu; see the server's log."
"""The detail of an error that is not a TamnguError."""

RETRY_AFTER_S = 1
"""Seconds after which a client may retry a request that met a temporary error."""

_LONGEST_NAME = 100
"""Characters of a name in a client's JSON that an error repeats."""

_TEMPORARY = (CollectionBusy, ClusterUnavailable, StillRunning, Overloaded)
"""Errors that pass without intervention; their responses have a Retry-After header."""

_NO_OBJECT = "Input should be an object"
_NO_DAY = "Input should be a day, such as 2025-08-03"
_INVALID = {
    "dataclass_type": _NO_OBJECT,
    "date_from_datetime_inexact": _NO_DAY,
    "date_from_datetime_parsing": _NO_DAY,
    "date_parsing": _NO_DAY,
    "date_type": _NO_DAY,
    "dict_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "sequence_str": "Input should be a valid list",
    "unexpected_keyword_argument": "Extra inputs are not permitted",
}
"""Sentences about JSON, by type of error; those of pydantic name types of Python."""

_NOT_READ = "The body has to be JSON, and its header has to say so: Content-Type: application/json."
"""Said of a body of another type, which FastAPI passes on unread."""

_UNREADABLE = {
    "There was an error parsing the body": (
        "The body is not JSON in UTF-8, or it is nested too deeply"
    ),
}
"""Sentences of FastAPI, each with the one that is said instead."""

ErrorFormatter: TypeAlias = Callable[[str, int, str], JSONResponse]
"""Makes the response to a request that fails before it reaches a route.

The arguments are the path of the request, the HTTP status, and one sentence of detail. The
application gives one to its middleware, because some paths need errors of another form.
"""


class Problem(BaseModel):
    """The body of an error.

    Attributes:
        type: always ``about:blank``: the status says what kind it is.
        title: the status in words.
        status: the HTTP status.
        detail: one sentence that says what to do.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}
"""The errors that any route may answer with, for the OpenAPI description of the route."""


def problem(status: int, detail: str) -> JSONResponse:
    """Return a problem response."""
    body = problem_body(status, detail)
    return JSONResponse(body.model_dump(), status, media_type="application/problem+json")


def problem_body(status: int, detail: str) -> Problem:
    """Return the body of an error."""
    # A name that a client chose may hold halves of surrogate pairs, which no body can hold.
    detail = detail.encode("utf-8", "replace").decode()
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)


def detail_of(error: Exception, home: Path) -> str:
    """Return the message of an error as callers may see it.

    It names no folder and no process of the server, and no collection that the caller did not name.
    """
    known = error.brief if isinstance(error, CollectionNotFound | CollectionBusy) else str(error)
    return without_paths(known, home)


def without_paths(text: str, home: Path) -> str:
    """Return a message in which the path of the server's folder is replaced by ``HOME``.

    >>> without_paths("Cannot write to /srv/x/jobs.db.", Path("/srv/x"))
    'Cannot write to HOME/jobs.db.'
    """
    for folder in sorted({str(home.absolute()), str(home.resolve())}, key=len, reverse=True):
        if folder != home.anchor:
            text = text.replace(folder, "HOME")
    return text


def status_of(error: TamnguError) -> HTTPStatus:
    """Return the HTTP status for an error."""
    return _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def sentence_about(fault: Mapping[str, Any]) -> str:
    """Return a sentence about a fault in a request, which pydantic has found."""
    place = fault["loc"]
    if fault["type"] == "json_invalid":
        why = fault.get("ctx", {}).get("error", "it cannot be read")
        where = f" at character {place[-1] + 1}" if isinstance(place[-1], int) else ""
        return f"The body is not JSON: {why}{where}."
    name = ".".join(str(part)[:_LONGEST_NAME] for part in place if part != "body")
    if not name and isinstance(fault.get("input"), bytes):
        return _NOT_READ
    return _ended(f"{name or 'body'}: {_INVALID.get(fault['type'], fault['msg'])}")


def _ended(sentence: str) -> str:
    """Return a sentence with a full stop, unless a question mark ends it."""
    return sentence if sentence.endswith("?") else f"{sentence}."


def _said(request: Request, error: HTTPException) -> str:
    """Return a sentence about an error of a route, or of FastAPI itself."""
    status = HTTPStatus(error.status_code)
    if error.detail != status.phrase:
        return _UNREADABLE.get(error.detail, error.detail)
    if status == HTTPStatus.METHOD_NOT_ALLOWED and (taken := (error.headers or {}).get("Allow")):
        return f"This address takes {taken}, not {request.method}"
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address; /openapi.json describes all that there is"
    return error.detail


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem body."""

    @app.exception_handler(TamnguError)
    def on_tamngu_error(request: Request, error: TamnguError) -> JSONResponse:
        status = status_of(error)
        response = problem(status, detail_of(error, request.app.state.service.home))
        if isinstance(error, _TEMPORARY):
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    @app.exception_handler(RequestValidationError)
    def on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, BadRequest):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _ended(str(cause)))
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence_about(first))

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_MODIFIED:
            return Response(status_code=error.status_code, headers=error.headers)
        response = problem(error.status_code, _ended(_said(request, error)))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def on_other_error(_request: Request, _error: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL_ERROR)

"""Errors as clients of OpenAI's API read them.

Those clients look for a member ``error`` in the body, and show its message and its code. On paths
of OpenAI's API, every problem body has this member too. RFC 9457 allows such additional members, so
clients that read problem bodies can read these as well.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.error_responses import PROBLEMS, Problem, detail_of, problem, problem_body
from embeddings import TamnguError
from rag.errors import BadCollectionName, CollectionNotFound

_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}

_PATHS = ("/v1/chat/", "/v1/embeddings", "/v1/models", "/v1/responses")
"""Prefixes of the paths of OpenAI's API."""

_NO_MODEL = (CollectionNotFound, BadCollectionName)
"""Errors that mean an unknown model, because the name of a model contains a collection's name."""


class OpenAIError(BaseModel):
    """An error as OpenAI's API has it.

    Attributes:
        message: the detail of the problem.
        type: the kind of error, such as ``invalid_request_error``.
        param: the member of the request that is wrong.
        code: a constant for programs, such as ``model_not_found``.
    """

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIProblem(Problem):
    """The body of an error.

    Attributes:
        error: the same error as clients of OpenAI's API read it.
    """

    error: OpenAIError


OPENAI_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIProblem, "content": {"application/problem+json": {}}}
    for status in (400, *PROBLEMS)
}
"""The errors that these routes may answer with, for the OpenAPI description."""


class Refusal(Exception):
    """A request in OpenAI's form that the service refuses."""

    def __init__(
        self, status: int, message: str, param: str | None = None, code: str | None = None
    ) -> None:
        """Make the error.

        Args:
            status: of HTTP.
            message: one sentence that says why.
            param: the member of the request that is wrong.
            code: a constant for programs.
        """
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


class OpenAIRoute(APIRoute):
    """A route whose errors have the members of OpenAI's API and those of a problem body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_with_errors(request: Request) -> Response:
            try:
                return await handle(request)
            except Refusal as refusal:
                response = problem(refusal.status, str(refusal))
                return _with_error(response, refusal.param, refusal.code)
            except RequestValidationError as error:
                first = error.errors()[0]
                # Of a body that is not JSON, it is a number of characters.
                named = first["loc"] if first["type"] != "json_invalid" else ()
                place = [str(part) for part in named if part != "body"]
                return _with_error(await _problem_of(request, error), ".".join(place) or None, None)
            except _NO_MODEL as error:
                detail = detail_of(error, request.app.state.service.home)
                response = problem(404, detail)
                return _with_error(response, "model", "model_not_found")
            except (TamnguError, HTTPException) as error:
                return _with_error(await _problem_of(request, error), None, None)

        return handle_with_errors


async def _problem_of(request: Request, error: Exception) -> Response:
    """Return the problem response that the application makes of an error on its other routes."""
    handlers = request.app.exception_handlers
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    response = handler(request, error)
    if inspect.isawaitable(response):
        response = await response
    assert isinstance(response, Response)
    return response


def openai_error(
    status: int, message: str, param: str | None = None, code: str | None = None
) -> OpenAIError:
    """Return an error as clients of OpenAI's API read it.

    Args:
        status: of HTTP.
        message: the detail of the problem.
        param: the member of the request that is wrong.
        code: a constant for programs.
    """
    kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return OpenAIError(message=message, type=kind, param=param, code=code)


def format_error(path: str, status: int, detail: str) -> JSONResponse:
    """Return an error for a request that fails before it reaches a route.

    This is the :data:`api.error_responses.ErrorFormatter` of the application.

    Args:
        path: of the request; it decides which form the error has.
        status: of HTTP.
        detail: one sentence.
    """
    response = problem(status, detail)
    return _with_error(response, None, None) if path.startswith(_PATHS) else response


def _with_error(response: Response, param: str | None, code: str | None) -> JSONResponse:
    """Return a problem response with the member ``error`` added."""
    message = json.loads(bytes(response.body))["detail"]
    # OpenAI's API answers 400 to every mistake in a request; some of its clients do not know 422.
    status = 400 if response.status_code == 422 else response.status_code
    error = openai_error(status, message, param, code)
    content = {**problem_body(status, message).model_dump(), "error": error.model_dump()}
    result = JSONResponse(content, status, media_type="application/problem+json")
    for name in ("retry-after", "www-authenticate"):
        if name in response.headers:
            result.headers[name] = response.headers[name]
    if status == 409:
        # OpenAI's clients retry after a conflict, but a collection that was built with another
        # model stays a conflict.
        result.headers["x-should-retry"] = "false"
    return result

"""Errors as clients of OpenAI's API read them.

Those clients look for a member ``error`` in the body, and show its message and code. So the problem
body that every error of the service has gets that member too: RFC 9457 lets problems have members
of their own, and whoever reads problems still can.
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

from api.problem import PROBLEMS, Problem, detail_of, problem, problem_body
from embeddings import TamnguError
from rag.errors import BadCollectionName, CollectionNotFound

_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}

_PATHS = ("/v1/chat/", "/v1/embeddings", "/v1/models")
"""Beginnings of the paths of these routes."""

_NO_MODEL = (CollectionNotFound, BadCollectionName)
"""Collections are named by the model's name here."""


class OpenAIError(BaseModel):
    """An error as OpenAI's API has it.

    Attributes:
        message: the problem's detail.
        type: the kind, such as ``invalid_request_error``.
        param: the member of the request that it is about.
        code: a word for programs, such as ``model_not_found``.
    """

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIProblem(Problem):
    """The body of an error.

    Attributes:
        error: the same as clients of OpenAI's API read it.
    """

    error: OpenAIError


OPENAI_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIProblem, "content": {"application/problem+json": {}}}
    for status in (400, *PROBLEMS)
}
"""The errors that these routes may answer with, for their description."""


class Refusal(Exception):
    """A request of OpenAI's form that is not done."""

    def __init__(
        self, status: int, message: str, param: str | None = None, code: str | None = None
    ) -> None:
        """Say why.

        Args:
            status: of HTTP.
            message: one sentence.
            param: the member of the request that it is about.
            code: a word for programs.
        """
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's members besides the problem's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except Refusal as refusal:
                response = problem(refusal.status, str(refusal))
                return _both(response, refusal.param, refusal.code)
            except RequestValidationError as error:
                place = [str(part) for part in error.errors()[0]["loc"] if part != "body"]
                return _both(await _problem_of(request, error), ".".join(place) or None, None)
            except _NO_MODEL as error:
                detail = detail_of(error, request.app.state.service.home)
                response = problem(404, detail)
                return _both(response, "model", "model_not_found")
            except (TamnguError, HTTPException) as error:
                return _both(await _problem_of(request, error), None, None)

        return answered


async def _problem_of(request: Request, error: Exception) -> Response:
    """Have the application's own handler say it, as on every other route."""
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
    """Return an error as clients of OpenAI's API read it; for the arguments see there."""
    kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return OpenAIError(message=message, type=kind, param=param, code=code)


def refusal(path: str, status: int, detail: str) -> JSONResponse:
    """Return a problem for a request that reaches no route, in the form that its path has."""
    response = problem(status, detail)
    return _both(response, None, None) if path.startswith(_PATHS) else response


def _both(said: Response, param: str | None, code: str | None) -> JSONResponse:
    """Add what OpenAI's clients look for to a problem."""
    message = json.loads(bytes(said.body))["detail"]
    # OpenAI's API answers 400 to whatever is wrong in a request; some clients know no 422.
    status = 400 if said.status_code == 422 else said.status_code
    error = openai_error(status, message, param, code)
    content = {**problem_body(status, message).model_dump(), "error": error.model_dump()}
    both = JSONResponse(content, status, media_type="application/problem+json")
    for name in ("retry-after", "www-authenticate"):
        if name in said.headers:
            both.headers[name] = said.headers[name]
    if status == 409:
        # They try a conflict again; one between model and collection does not pass by itself.
        both.headers["x-should-retry"] = "false"
    return both

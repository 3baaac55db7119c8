"""Unexpected exceptions are answered like any error, with all headers of other responses."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_responses import INTERNAL_ERROR, RETRY_AFTER_S, ErrorFormatter
from rag.errors import NotEnoughMemory, lacks_files, lacks_memory

_NO_MEMORY = "The server has not enough memory for this request; try again later, or ask for less."
_NO_FILES = "The server has too many files open for this request; try again later."

_LOG = logging.getLogger("tamngu.api")


class ServerErrors:
    """ASGI middleware that answers 500 to exceptions that nothing else has caught.

    The framework has such a handler too, but it runs outside all middleware, so its response lacks
    the headers that middleware adds.
    """

    def __init__(self, app: ASGIApp, format_error: ErrorFormatter) -> None:
        """Wrap ``app``."""
        self._app = app
        self._format_error = format_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an exception after the response has begun is raised again."""
        has_begun = False

        async def send_noting_start(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting_start)
        except Exception as error:
            if scope["type"] != "http" or has_begun:
                raise
            response = self._format_error(scope["path"], *_answer(error, scope["method"]))
            if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                response.headers["Retry-After"] = str(RETRY_AFTER_S)
            await response(scope, receive, send)


def _answer(error: Exception, method: str) -> tuple[HTTPStatus, str]:
    """Return the status and the detail for an error, which is logged."""
    if lacks_memory(error):
        _LOG.error("%s", NotEnoughMemory("a request"))
        return HTTPStatus.SERVICE_UNAVAILABLE, _NO_MEMORY
    if lacks_files(error):
        _LOG.error("A request failed because too many files are open.")
        return HTTPStatus.SERVICE_UNAVAILABLE, _NO_FILES
    _LOG.exception("Unexpected error in %s.", method)
    return HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL_ERROR

"""Unexpected exceptions are answered like any error, with all headers of other responses."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_responses import INTERNAL_ERROR, ErrorFormatter

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
        except Exception:
            if scope["type"] != "http" or has_begun:
                raise
            _LOG.exception("Unexpected error in %s.", scope["method"])
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            response = self._format_error(scope["path"], status, INTERNAL_ERROR)
            await response(scope, receive, send)

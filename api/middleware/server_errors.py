"""A fault of the program is answered like any error, with all headers that others have."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openai.errors import refusal
from api.problem import FAULT

_LOG = logging.getLogger("tamngu.api")


class Faults:
    """ASGI middleware that answers 500 to what nothing else has caught.

    The framework's own handler stands outside all middleware, whose headers its answer lacks.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an answer that has begun is cut off by a fault."""
        has_begun = False

        async def sent(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, sent)
        except Exception:
            if scope["type"] != "http" or has_begun:
                raise
            _LOG.exception("A fault in %s.", scope["method"])
            answer = refusal(scope["path"], HTTPStatus.INTERNAL_SERVER_ERROR, FAULT)
            await answer(scope, receive, send)

"""Each request has an id, and leaves a line in the log, figures for Prometheus and a trace.

A line has the template of the route, without the values in the path and without the query. The text
of a question is only in the log if a setting asks for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_responses import RETRY_AFTER_S, ErrorFormatter
from api.middleware.metrics import Metrics
from api.middleware.tracing import Tracing, describe

_LOG = logging.getLogger("tamngu.api")

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""The ids of requests that clients may choose."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by name; all others are counted together.

A client may write any word there, and each label costs memory.
"""


class RequestMetrics:
    """ASGI middleware that gives each request an id, counts it, logs it and traces it."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        format_error: ErrorFormatter,
        tracing: Tracing | None = None,
    ) -> None:
        """Wrap ``app``."""
        self._app = app
        self._metrics = metrics
        self._format_error = format_error
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and record its status and duration."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _client_id(dict(scope["headers"])) or uuid.uuid4().hex
        status = 500
        has_begun = False
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        with self._tracing.request(scope) if self._tracing else nullcontext() as span:
            self._metrics.running.inc()
            try:
                await self._app(scope, receive, send_with_id)
            except asyncio.CancelledError:
                # Only a server that stops cancels requests, after its grace period.
                if has_begun:
                    raise
                await self._stopping(scope["path"])(scope, receive, send_with_id)
            finally:
                self._metrics.running.dec()
                method = scope["method"] if scope["method"] in _METHODS else "other"
                route = _template(scope)
                self._record(request_id, method, route, status, time.perf_counter() - started)
                if span is not None:
                    describe(span, method, route, status)

    def _record(self, request_id: str, method: str, route: str, status: int, took_s: float) -> None:
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(took_s)
        line = {
            "request": request_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(took_s * 1000, 1),
        }
        _LOG.info("%s", json.dumps(line))

    def _stopping(self, path: str) -> Response:
        response = self._format_error(
            path,
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The service is stopping; a change that was requested may still be made. Try again.",
        )
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response


def _client_id(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the id that a client chose for its request, if it chose a valid one."""
    value = headers.get(b"x-request-id", b"").decode("latin-1")
    return value if _ID.fullmatch(value) else None


def _template(scope: Scope) -> str:
    """Return the path template of a request's route, which holds nothing that a client wrote."""
    path: str = getattr(scope.get("route"), "path", "") or "none"
    return path

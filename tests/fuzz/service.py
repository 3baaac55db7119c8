"""Target: the service, asked in this process with the packaged model and a small collection."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import tempfile
import traceback
from collections.abc import Coroutine, Hashable
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI

from api.app import create_app
from api.routes import mcp
from api.settings import Settings
from embeddings import load_encoder
from rag import Collection, ingest, make_article
from tests.fuzz.asgi import Request, Response, answered
from tests.fuzz.seeds import EN, VI, ZH
from tests.fuzz.target import Run, must

Result = TypeVar("Result")

_LOGS = ("tamngu.api", "asyncio")
"""Loggers whose errors are findings."""

_ALLOWED = (503, 504)
"""Statuses of a service that is busy, or too slow."""


class FuzzedService:
    """An application in an event loop of its own; jobs are accepted and wait."""

    def __init__(self) -> None:
        """Make a home with three articles, and the application over it."""
        self._folder = tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True)
        home = Path(self._folder.name)
        encoder = load_encoder()
        collection = Collection.open_or_create(home, "default", encoder)
        texts = {"vi-1": VI, "zh/1": ZH, "en 1": EN}
        stored = [
            make_article(text, key="k", id=name, published_at="2020-11-25", tags=["ASEAN"])
            for name, text in texts.items()
        ]
        ingest(collection, stored)
        collection.close()
        self.app: FastAPI = create_app(home, encoder, "default", settings=Settings(threads=1))
        self._loop = asyncio.new_event_loop()
        self._log = _Log()
        for name in _LOGS:
            logging.getLogger(name).addHandler(self._log)
        # Not the application's own, which would begin with the jobs: what they read is fuzzed by
        # itself, and pages are not fetched.
        self._lifespan = mcp.lifespan(self.app)
        self._do(self._lifespan.__aenter__())

    def __call__(self, data: bytes) -> Hashable:
        """Send a request, written as :func:`request_of` reads it, and check the response."""
        request = request_of(data)
        if request is None:
            return "no request"
        response = self._answered(request)
        said = response.body[:150] if response.status >= 400 else b""
        route = request.path.split("/")[:4]
        return (request.method, tuple(route), response.status, _kind(said))

    def status(self, data: bytes) -> int:
        """Send a request, check the response, and return its status."""
        request = request_of(data)
        return 0 if request is None else self._answered(request).status

    def _answered(self, request: Request) -> Response:
        self._log.seen.clear()
        response = self._do(answered(self.app, request))
        self._check(request, response)
        # The Model Context Protocol answers a notification with 202, too, and without a body.
        if response.status == 202 and response.body:
            self._cancel(json.loads(response.body)["id"])
        return response

    def close(self) -> None:
        """End the application, and remove its home."""
        for name in _LOGS:
            logging.getLogger(name).removeHandler(self._log)
        self._do(self._lifespan.__aexit__(None, None, None))
        service = self.app.state.service
        for pool in (service.pool, service.changes, service.writers, service.lookups):
            pool.close(wait=True)
        service.collections.close()
        service.idempotency.close()
        self._do(self._loop.shutdown_default_executor())
        self._loop.close()
        self._folder.cleanup()

    def _check(self, request: Request, response: Response) -> None:
        must(bool(response.status), "there is no response")
        must(not self._log.seen, "\n".join(self._log.seen))
        status = response.status
        must(status < 500 or status in _ALLOWED, f"{status}: {response.body[:500]!r}")
        must(b"Traceback" not in response.body or b"Traceback" in request.body, "a traceback")
        if status >= 400 and request.path.startswith("/v1/") and response.body:
            is_problem = response.media_type == "application/problem+json"
            must(is_problem, f"{status} as {response.media_type}")
        if response.media_type.endswith("json") and response.body:
            is_packed = "content-encoding" in (response.headers or {})
            answer = json.loads(gzip.decompress(response.body) if is_packed else response.body)
            if status == 200 and request.path in ("/v1/ask", "/v1/search"):
                self._check_quotes(answer)

    def _check_quotes(self, answer: dict[str, Any]) -> None:
        catalog = self.app.state.service.collection(None).catalog
        for citation in answer.get("citations", []):
            article = catalog.articles.get(citation["article_id"])
            quoted = article.text[citation["start"] : citation["end"]] if article else None
            must(quoted == citation["quote"], f"a quote does not stand in its article: {citation}")
        for hit in answer.get("hits", []):
            article = catalog.articles.get(hit["article_id"])
            text = article.text[hit["start"] : hit["end"]] if article else None
            must(text == hit["text"], f"a passage does not stand in its article: {hit}")

    def _cancel(self, job_id: str) -> None:
        path = f"/v1/jobs/{job_id}/cancel"
        response = self._do(answered(self.app, Request("POST", path, "", (), b"")))
        must(response.status == 200, f"a job is not cancelled: {response}")

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(work)


class _Log(logging.Handler):
    """Keeps the errors that are logged, with their tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        shown = "".join(traceback.format_exception(error)) if error else ""
        self.seen.append(f"{record.getMessage()}\n{shown}")


def started() -> Run:
    """Return a service that is ready."""
    return FuzzedService()


def request_of(data: bytes) -> Request | None:
    """Return the request of a JSON object; None if it is none.

    The object has ``method``, ``path``, ``query``, ``headers`` (pairs) and ``json`` or ``raw``, the
    body as JSON or as text of Latin-1 characters.
    """
    try:
        known = json.loads(data)
        headers = [(str(name), str(value)) for name, value in known.get("headers") or []]
        if isinstance(raw := known.get("raw"), str):
            body = raw.encode("latin-1", "replace")
        elif "json" in known:
            body = json.dumps(known["json"]).encode()
        else:
            body = b""
        path = f"/{str(known['path']).lstrip('/')}"
        path, query = (
            each.encode("utf-8", "replace").decode() for each in (path, known.get("query") or "")
        )
        return Request(str(known["method"]), path, query, headers, body)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _kind(said: bytes) -> bytes:
    """Return the words of an error without what it repeats of the request."""
    return bytes(byte for byte in said if chr(byte).isalpha() or byte == 32)[:60]

"""What is known of requests: an id for each, a line in the log, and figures for Prometheus.

A line never has the text of a question, unless the settings say so: it has the path's template, not
what stands in it, and no query.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.tracing import Tracing, describe
from api.openai.errors import refusal
from api.worker_pool import RETRY_AFTER_S
from rag.stages import Stage

_LOG = logging.getLogger("tamngu.api")

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A request's id as a client may state it."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What a request is counted under; others together, as a client may write any word there."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True)
class Metrics:
    """Figures of one process.

    Attributes:
        registry: of all of them.
        stages: seconds of the stages of answering; see :mod:`rag.stages`.
        requests: by method, route and status.
        seconds: by method and route, from the request to the end of its answer.
        running: requests under way.
        abstained: answers that said there is none.
        answered: answers of both kinds.
        taken: of the pool that works: running and waiting.
        cache: questions that were encoded (``miss``) and that were remembered (``hit``), by result.
    """

    registry: CollectorRegistry
    stages: Histogram
    requests: Counter
    seconds: Histogram
    running: Gauge
    abstained: Counter
    answered: Counter
    taken: Gauge
    cache: Gauge

    def on_stage(self, name: Stage, took_ns: int) -> None:
        """Count a stage."""
        self.stages.labels(name).observe(took_ns / 1e9)

    def text(self, counts: Mapping[str, tuple[int, int]]) -> bytes:
        """Return them in Prometheus' text format; of all server processes, where there are more.

        Args:
            counts: articles and passages by language, as they are now.
        """
        together = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            together = CollectorRegistry()
            MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        there = CollectorRegistry()
        there.register(_Counts(counts))
        return generate_latest(together) + generate_latest(there)


@dataclass(frozen=True, eq=False)
class _Counts(Collector):
    """What a collection holds; counted anew each time, so a language that is gone is not told."""

    counts: Mapping[str, tuple[int, int]]

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        for place, (name, said) in enumerate(
            (("tamngu_articles", "Articles."), ("tamngu_passages", "Passages."))
        ):
            figure = GaugeMetricFamily(name, said, labels=["language"])
            for language, both in self.counts.items():
                figure.add_metric([language], both[place])
            yield figure


def new_metrics() -> Metrics:
    """Return figures that count from nothing."""
    registry = CollectorRegistry()
    return Metrics(
        registry,
        Histogram(
            "tamngu_stage_seconds",
            "Seconds of the stages of answering a question.",
            ("stage",),
            buckets=(0.0005, 0.001, 0.0025, *_SECONDS),
            registry=registry,
        ),
        Counter(
            "tamngu_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=registry,
        ),
        Histogram(
            "tamngu_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        ),
        Gauge(
            "tamngu_requests_running",
            "Requests under way.",
            registry=registry,
            multiprocess_mode="livesum",
        ),
        Counter("tamngu_abstentions", "Answers that said there is none.", registry=registry),
        Counter("tamngu_answers", "Answers, abstentions among them.", registry=registry),
        Gauge(
            "tamngu_work",
            "Model and index work that runs or waits.",
            registry=registry,
            multiprocess_mode="livesum",
        ),
        Gauge(
            "tamngu_question_cache",
            "Questions by whether their vectors were remembered, since the start.",
            ("result",),
            registry=registry,
            multiprocess_mode="livesum",
        ),
    )


class Observed:
    """ASGI middleware that gives each request an id, counts it, logs it and traces it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing | None = None) -> None:
        """Wrap ``app``."""
        self.app = app
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _stated_id(dict(scope["headers"])) or uuid.uuid4().hex
        status = 500
        has_begun = False
        started = time.perf_counter()

        async def sent(message: Message) -> None:
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
                await self.app(scope, receive, sent)
            except asyncio.CancelledError:
                # Only a server that stops does this: one more second was not enough.
                if has_begun:
                    raise
                await _stopping(scope["path"])(scope, receive, sent)
            finally:
                self._metrics.running.dec()
                method = scope["method"] if scope["method"] in _METHODS else "other"
                route = _template(scope)
                self._note(request_id, method, route, status, time.perf_counter() - started)
                if span is not None:
                    describe(span, method, route, status)

    def _note(self, request_id: str, method: str, route: str, status: int, took_s: float) -> None:
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


def _stopping(path: str) -> Response:
    response = refusal(
        path,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service stops; a change that was asked for may still be made. Ask again.",
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _stated_id(headers: Mapping[bytes, bytes]) -> str | None:
    stated = headers.get(b"x-request-id", b"").decode("latin-1")
    return stated if _ID.fullmatch(stated) else None


def _template(scope: Scope) -> str:
    """Return the path of a request's route, which holds nothing that a client wrote."""
    path: str = getattr(scope.get("route"), "path", "") or "none"
    return path

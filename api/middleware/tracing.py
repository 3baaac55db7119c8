"""OpenTelemetry traces: a span for each request, and in it a span for each stage of answering.

A span has the template of a route, never the values in the path, so neither questions nor ids leave
the service this way. OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_ENDPOINT``,
``OTEL_TRACES_SAMPLER``, ...) decide where spans are sent, and how many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.types import Scope

from api.settings import BadSettings
from rag.stages import Stage

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_PARENT = (b"traceparent", b"tracestate")
"""The headers that are read. OpenTelemetry would read ``baggage`` too, which nothing here uses, in
a time that grows with the square of its length."""


class Tracing:
    """Makes spans, and sends them to a collector some seconds later."""

    def __init__(self) -> None:
        """Set up the exporter; nothing is sent yet.

        Raises:
            BadSettings: OpenTelemetry is not installed.
        """
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise BadSettings("Traces need more packages: pip install 'tamngu[otel]'.") from None
        name = os.environ.get("OTEL_SERVICE_NAME", "tamngu")
        resource = Resource.create({"service.name": name, "service.version": version("tamngu")})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("tamngu")

    @contextmanager
    def request(self, scope: Scope) -> Iterator[Span]:
        """Yield a span for a request, current inside the block.

        If the request has a ``traceparent`` header, the span it names is the parent.
        """
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in _PARENT
        }
        with self._tracer.start_as_current_span(
            "request",
            extract(headers),
            SpanKind.SERVER,
            # The message of an exception may contain a question.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span

    def on_stage(self, name: Stage, began_at: int, took_ns: int) -> None:
        """Make a span for a stage that has ended, inside the span of its request.

        Args:
            name: of the stage.
            began_at: nanoseconds since 1970.
            took_ns: nanoseconds.
        """
        span = self._tracer.start_span(name, start_time=began_at)
        span.end(began_at + took_ns)

    def close(self) -> None:
        """Send the spans that have not been sent yet."""
        self._provider.shutdown()


def describe(span: Span, method: str, route: str, status: int) -> None:
    """Name a request's span, with the attributes of OpenTelemetry's conventions for HTTP."""
    from opentelemetry.trace import StatusCode

    span.update_name(f"{method} {route}")
    span.set_attributes(
        {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    )
    if status >= 500:
        span.set_status(StatusCode.ERROR)

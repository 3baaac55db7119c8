"""Traces that a server process sends to a collector, here an HTTP server that reads OTLP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.integration.api.served import serving
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow

QUESTION = "Ai được bầu vào Hội đồng Nhân quyền?"


class Collector:
    """Keeps the bodies that exporters send."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answers = threading.Event()
        self.answers.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                assert self.headers.get("content-encoding") is None
                collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                collector.answers.wait(PATIENCE_S)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def spans(self) -> list[tuple[str, Span]]:
        """Return all spans, each with the name of its service."""
        found = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                named = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    found += [(named["service.name"], span) for span in scope.spans]
        return found

    def close(self) -> None:
        self.answers.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def test_requests_and_their_stages_are_traced_without_their_texts(
    sample_home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    trace_id, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with serving(sample_home, traces=True) as address:
        headers = {"traceparent": f"00-{trace_id}-{parent}-01"}
        body = {"question": QUESTION}
        assert httpx.post(f"{address}/v1/ask", json=body, headers=headers).status_code == 200
        assert httpx.get(f"{address}/v1/articles/no-such-article").status_code == 404
    # The service has sent the remaining spans when it ended.
    spans = [span for service, span in collector.spans() if service == "tamngu"]
    of_question = {span.name: span for span in spans if span.trace_id.hex() == trace_id}
    asked = of_question["POST /v1/ask"]
    assert asked.parent_span_id.hex() == parent
    stages = {"question", "ranking", "hits", "reading", "quotes"}
    assert stages <= of_question.keys()
    for name in stages:
        span = of_question[name]
        assert span.parent_span_id == asked.span_id
        assert asked.start_time_unix_nano <= span.start_time_unix_nano
        assert span.start_time_unix_nano < span.end_time_unix_nano <= asked.end_time_unix_nano
    (missing,) = [span for span in spans if span.name == "GET /v1/articles/{article_id:path}"]
    known = {a.key: a.value for a in missing.attributes}
    assert known["http.response.status_code"].int_value == 404
    sent = b"".join(collector.bodies)
    assert QUESTION.encode() not in sent
    assert b"no-such-article" not in sent


def test_a_collector_that_does_not_answer_delays_no_answer(
    sample_home: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    # Milliseconds until what has ended is sent, and seconds until the collector is given up.
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", str(2 * PATIENCE_S))
    collector.answers.clear()
    with serving(sample_home, traces=True) as address:
        ask = partial(httpx.post, f"{address}/v1/search", timeout=PATIENCE_S)
        assert ask(json={"question": QUESTION}).status_code == 200
        wait_until(lambda: bool(collector.bodies))
        assert ask(json={"question": QUESTION}).status_code == 200
        collector.answers.set()


def test_a_collector_that_is_not_there_fails_no_request(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with serving(sample_home, traces=True) as address:
        assert httpx.post(f"{address}/v1/search", json={"question": QUESTION}).status_code == 200

"""Posting to an endpoint; tests of encoders and readers behind one cover the rest."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from embeddings import EncoderError, EncoderOptions
from embeddings.posting import Posting

Reply = tuple[int, dict[str, str], bytes]


class Server:
    """Answers with the items of ``replies``, and then with what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self.replies: list[Reply] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                server.requests.append((self.path, json.loads(body)))
                status, headers, content = (
                    server.replies.pop(0) if server.replies else (200, {}, body)
                )
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/base"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("embeddings.posting._FIRST_WAIT_S", 0.01)
    serving = Server()
    yield serving
    serving.close()


def posting(server: Server, attempts: int = 3) -> Posting:
    return Posting(server.url, "test endpoint", EncoderOptions(), attempts)


def test_json_goes_to_the_path_below_the_address(server: Server) -> None:
    response = posting(server).post("some/path", {"text": "chữ 字", "count": 1})
    assert response.json() == {"text": "chữ 字", "count": 1}
    assert server.requests == [("/base/some/path", {"text": "chữ 字", "count": 1})]


def test_it_asks_as_often_as_it_is_told(server: Server) -> None:
    server.replies = [(503, {}, b"busy")] * 2
    assert posting(server).post("x", {"a": 1}).json() == {"a": 1}
    server.replies = [(503, {}, b"busy")] * 9
    with pytest.raises(
        EncoderError, match=rf"The test endpoint {server.url} failed 3 times \(status 503: busy\)"
    ):
        posting(server).post("x", {})
    server.replies = [(503, {}, b"busy")] * 9
    with pytest.raises(EncoderError, match=r"failed \(status 503"):
        posting(server, attempts=1).post("x", {})


def test_a_long_failure_is_cut(server: Server) -> None:
    server.replies = [(400, {}, b"no" * 5000)]
    with pytest.raises(EncoderError) as caught:
        posting(server).post("x", {})
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("wait", ["0", "soon", "-1", "0.5", ""])
def test_a_wait_that_is_no_number_of_seconds_is_passed_over(server: Server, wait: str) -> None:
    server.replies = [(429, {"retry-after": wait}, b"")]
    started = time.monotonic()
    posting(server).post("x", {})
    assert time.monotonic() - started < 5


def test_many_threads_may_post(server: Server) -> None:
    shared = posting(server)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: shared.post("x", {"n": n}).json()["n"], range(32)))
    assert found == list(range(32))

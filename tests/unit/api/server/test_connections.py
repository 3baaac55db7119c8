"""Connections that send too slowly or too much."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.server import connections
from api.server.listening import bind
from tests.waiting import PATIENCE_S, wait_until

LONG = 8_000_000
"""Words of a response that no buffer of the system holds."""


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    text = "long " * LONG if scope.get("path") == "/long" else "here"
    await PlainTextResponse(text)(scope, receive, send)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    # A busy machine may not run this process for seconds.
    monkeypatch.setattr(connections, "HEADERS_IN_S", PATIENCE_S)
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(_answer, log_level="critical", **connections.connection_settings())
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def test_a_request_whose_headers_never_end_is_closed(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADERS_IN_S", 0.3)
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        client.settimeout(0.02)
        wait_until(lambda: _is_closed_after_another_header(client))


def _is_closed_after_another_header(client: socket.socket) -> bool:
    try:
        client.sendall(b"a: b\r\n")
        return client.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_a_silent_connection_is_closed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADERS_IN_S", 0.3)
    with connected(port) as client:
        assert client.recv(1) == b""


def test_a_connection_is_kept_between_two_requests(port: int) -> None:
    with connected(port) as client:
        for _ in range(2):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            received = b""
            while not received.endswith(b"here"):
                data = client.recv(1000)
                assert data, "the connection was closed"
                received += data
            assert received.startswith(b"HTTP/1.1 200")


def test_headers_that_are_too_large_are_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\na: " + b"b" * 40_000)
        assert client.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_client_that_does_not_read_its_response_is_let_go(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READS_IN_S", 0.3)
    with connected(port) as client:
        client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        # Whoever is let go cannot send either.
        wait_until(lambda: _is_refused(client))


def _is_refused(client: socket.socket) -> bool:
    try:
        client.sendall(b"\n")
    except OSError:
        return True
    return False


def test_a_client_that_reads_on_gets_the_whole_response(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READS_IN_S", 0.01)
    # Any progress is enough here, also none: how fast a machine reads is not tested.
    monkeypatch.setattr(connections, "LEAST_READ_BYTES", -(10**12))
    with connected(port) as client:
        client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = 0
        while data := client.recv(200_000):
            received += len(data)
            time.sleep(0.001)
        assert received > LONG * len("long ")


def test_connections_beyond_the_limit_are_closed_at_once(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_REFUSED", -connections.MAX_CONNECTIONS + 2)
    with connected(port) as first, connected(port) as second, connected(port) as third:
        with suppress(ConnectionResetError):
            assert third.recv(1) == b""
        for client in (first, second):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(12).startswith(b"HTTP/1.1")


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
from api.server.connections import connection_settings
print(connection_settings()["limit_concurrency"], resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit of open files")
@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [(256, 4096, "1000 1528"), (256, 1024, "496 1024"), (64, 64, "16 64")],
)
def test_connections_leave_files_for_everything_else(soft: int, hard: int, expected: str) -> None:
    words = [sys.executable, "-c", LIMITED, str(soft), str(hard)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected

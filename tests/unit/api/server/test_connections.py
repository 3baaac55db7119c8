"""Connections that send too slowly or too much."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from api.server import connections
from api.server.listening import bind
from tests.waiting import PATIENCE_S, wait_until


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "HEADERS_IN_S", 0.3)
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        PlainTextResponse("here"), log_level="critical", **connections.connection_settings()
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def test_a_request_whose_headers_never_end_is_closed(port: int) -> None:
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


def test_a_silent_connection_is_closed(port: int) -> None:
    with connected(port) as client:
        assert client.recv(1) == b""


def test_a_connection_is_kept_between_two_requests(port: int) -> None:
    with connected(port) as client:
        for _ in range(2):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            received = b""
            while not received.endswith(b"here"):
                received += client.recv(1000)
            assert received.startswith(b"HTTP/1.1 200")


def test_headers_that_are_too_large_are_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\na: " + b"b" * 40_000)
        assert client.recv(1000).startswith(b"HTTP/1.1 400")

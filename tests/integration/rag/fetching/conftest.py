"""Fixtures of these tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.integration.rag.fetching.fetches import INNER, OUTER, SSL_CONTEXT
from tests.integration.rag.site import Site


@pytest.fixture(autouse=True)
def _one_ssl_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the system's certificates once: it takes longer than most of these tests."""
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: SSL_CONTEXT)


@pytest.fixture
def site() -> Iterator[Site]:
    serving = Site()
    yield serving
    serving.close()


@pytest.fixture
def outer() -> Iterator[Site]:
    serving = Site(OUTER)
    yield serving
    serving.close()


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], object]], int]]:
    """Return a function that opens a port and passes each connection to a handler."""
    servers: list[tuple[socket.socket, threading.Thread]] = []

    def serve(talk: Callable[[socket.socket], object]) -> int:
        listening = socket.create_server((INNER, 0))

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        talk(connection)
                    except OSError:
                        # The client has left.
                        continue

        thread = threading.Thread(target=accept)
        thread.start()
        servers.append((listening, thread))
        return int(listening.getsockname()[1])

    yield serve
    for listening, thread in servers:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)

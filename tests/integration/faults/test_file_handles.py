"""A server that may open few files, and clients that take them all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import Server, make_home
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

SPARE = 40
"""Files that the server may open beyond those that it has open when it starts to listen."""

PROGRAM = f"""
import os, resource
from api.server import listening
bind = listening.bind
def bind_then_limit(*args, **named):
    listener = bind(*args, **named)
    open_now = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_now + {SPARE},) * 2)
    return listener
listening.bind = bind_then_limit
from tamngu.cli import run
run()
"""

ASKED = {"question": "What is about salt?"}


@pytest.fixture
def server(tmp_path: Path, encoder: Encoder) -> Iterator[Server]:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("the system does not show open files")
    server = Server(make_home(tmp_path / "home", encoder), PROGRAM)
    yield server
    server.kill()


def test_it_answers_again_once_clients_have_left(server: Server) -> None:
    address = server.client.base_url
    # This connection is kept.
    assert server.client.get("/healthz").status_code == 200
    with ExitStack() as silent:
        for _ in range(SPARE + 10):
            silent.enter_context(socket.create_connection((address.host, address.port or 80)))
        seen = {
            server.client.post("/v1/search", json=ASKED).status_code,
            server.client.put("/v1/articles/a", json={"text": "It is salt."}).status_code,
            server.client.get("/healthz").status_code,
        }
        assert seen <= {200, 201, 503}

    def is_well() -> bool:
        try:
            with httpx.Client(base_url=address, timeout=60) as fresh:
                put = fresh.put("/v1/articles/a", json={"text": "It is salt."})
                found = fresh.post("/v1/search", json=ASKED)
                return put.is_success and found.status_code == 200
        except httpx.TransportError:
            return False

    wait_until(is_well)

"""Fixtures of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import LIMIT, Server, Start, make_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    return make_home(tmp_path_factory.mktemp("jobs"), encoder)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    server = Server(home, max_upload_bytes=str(LIMIT), allow_private_fetch="true")
    yield server
    server.stop()


@pytest.fixture
def started() -> Iterator[Start]:
    """Start servers; those that a test does not stop are killed."""
    servers: list[Server] = []

    def start(home: Path) -> Server:
        servers.append(Server(home))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()

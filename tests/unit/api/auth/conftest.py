"""Fixtures of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.store import KeyStore
from api.settings import Settings
from embeddings import Encoder
from rag import Collection
from tests.unit.api.auth.keyed import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    with opened(tmp_path) as store:
        yield store


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    for name in ("default", "other"):
        Collection.open_or_create(tmp_path, name, encoder).close()
    return tmp_path


@pytest.fixture
def service(home: Path, encoder: Encoder) -> Callable[..., TestClient]:
    """Return a function that gives a client of a new application over two collections."""

    def client(listens_at: str | None = None, **named: int | str) -> TestClient:
        settings = Settings.model_validate(named)
        app = create_app(home, encoder, "default", settings=settings, listens_at=listens_at)
        base = "http://testserver" if listens_at is None else "http://127.0.0.1:8000"
        return TestClient(app, base_url=base, raise_server_exceptions=False)

    return client

"""Errors that a client's own text, or lack of memory, is part of."""

from __future__ import annotations

import errno
import logging
import os

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict

from api.error_responses import install, problem
from api.middleware.server_errors import ServerErrors


class Body(BaseModel):
    """A body without any fields."""

    model_config = ConfigDict(extra="forbid")


def client() -> TestClient:
    app = FastAPI()
    install(app)
    app.add_middleware(ServerErrors, format_error=lambda _, status, detail: problem(status, detail))

    @app.post("/body")
    def take(body: Body) -> None: ...

    @app.get("/large")
    def fail() -> None:
        raise MemoryError

    @app.get("/module")
    def import_module() -> None:
        try:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "/a/module.py")
        except OSError as error:
            raise ImportError("no module") from error

    @app.get("/words")
    def open_words() -> None:
        raise ValueError("failed to open file for read: 'IoError(Too many open files)'")

    return TestClient(app)


@pytest.mark.parametrize("name", ["\\ud800", "\\udfff\\ud800", "x" * 100_000, "\\u202e"])
def test_a_name_that_a_client_chose_is_repeated_in_short(name: str) -> None:
    content = f'{{"{name}": 1}}'
    response = client().post("/body", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"].endswith(".")
    assert len(response.content) < 1000


def test_lack_of_memory_is_answered_with_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tamngu.api"):
        response = client().get("/large")
    assert response.status_code == 503
    assert response.json()["detail"].startswith("The server has not enough memory")
    (record,) = caplog.records
    assert record.exc_info is None
    assert "There is not enough memory for a request" in record.getMessage()


@pytest.mark.parametrize("path", ["/module", "/words"])
def test_lack_of_files_is_answered_with_when_to_try_again(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = client().get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.json()["detail"].startswith("The server has too many files open")
    (record,) = caplog.records
    assert record.exc_info is None

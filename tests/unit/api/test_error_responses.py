"""Errors that a client's own text is part of."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict

from api.error_responses import install


class Body(BaseModel):
    """A body without any fields."""

    model_config = ConfigDict(extra="forbid")


def client() -> TestClient:
    app = FastAPI()
    install(app)

    @app.post("/body")
    def take(body: Body) -> None: ...

    return TestClient(app)


@pytest.mark.parametrize("name", ["\\ud800", "\\udfff\\ud800", "x" * 100_000, "\\u202e"])
def test_a_name_that_a_client_chose_is_repeated_in_short(name: str) -> None:
    content = f'{{"{name}": 1}}'
    response = client().post("/body", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert "Extra inputs are not permitted" in response.json()["detail"]
    assert len(response.content) < 1000

"""Every route, asked what its description allows and what it does not, by schemathesis."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from api.app import create_app
from api.auth.store import KeyStore
from embeddings import Encoder
from rag import Collection, ingest, make_article

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("TAMNGU_SCHEMA_EXAMPLES", "10"))

OPENAI = ("/v1/chat", "/v1/embeddings", "/v1/models", "/v1/responses")
"""Routes whose errors are those of OpenAI's API."""


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article("Lào gia nhập ASEAN năm 1997.", key="k", id="one")])
    collection.close()
    return tmp_path


@pytest.mark.parametrize("scope", ["admin", None])
def test_every_route_keeps_to_its_description(
    home: Path, encoder: Encoder, scope: Literal["admin"] | None
) -> None:
    _, text = KeyStore(home).create("test", ["admin"])
    headers = {"Authorization": f"Bearer {text}"} if scope else {}
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(home, encoder, "default"))
    # What a question or a date means cannot all be said in a schema.
    accepted = schema.config.checks.positive_data_acceptance
    accepted.expected_statuses = [*accepted.expected_statuses, "400", "400", "412", "422"]
    failed = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        try:
            keeps(operation, headers)
        except (Exception, BaseExceptionGroup) as error:
            failed += [
                f"{operation.label}: {each}" for each in getattr(error, "exceptions", [error])
            ]
    assert failed == []


def keeps(operation: Any, headers: dict[str, str]) -> None:  # noqa: ANN401
    """Ask one route many things, and see that its answers are what it describes."""

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def asked(case: schemathesis.Case[Any]) -> None:
        response = case.call_and_validate(headers=headers)
        if response.status_code >= 400 and not case.path.startswith(OPENAI):
            assert response.headers["content-type"] == ["application/problem+json"]
        if not headers and case.path.startswith("/v1/"):
            assert response.status_code == 401

    asked()


def test_routes_that_follow_one_another_keep_to_it_too(home: Path, encoder: Encoder) -> None:
    _, text = KeyStore(home).create("test", ["admin"])
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(home, encoder, "default"))
    accepted = schema.config.checks.positive_data_acceptance
    accepted.expected_statuses = [*accepted.expected_statuses, "412", "422"]

    class Visits(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {text}"}}

    Visits.run(
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
    )

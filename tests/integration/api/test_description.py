"""The description of the API, and the page that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.store import KeyStore
from embeddings import Encoder
from rag import Collection


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("described")
    Collection.open_or_create(home, "default", encoder).close()
    KeyStore(home).create("test", ["admin"])
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, each in document["paths"].items():
        for method, operation in each.items():
            yield method, path, operation


def test_the_description_says_what_the_service_is(document: dict[str, Any]) -> None:
    assert document["info"]["description"]
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["servers"] == [{"url": "/", "description": "This service."}]
    described = {tag["name"] for tag in document["tags"]}
    for method, path, operation in operations(document):
        assert set(operation["tags"]) <= described, f"{method} {path}"
        assert operation["description"], f"{method} {path}"


def test_operations_have_readable_names_and_say_their_scopes(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", name) for name in names)
    for _, path, operation in operations(document):
        if path.startswith("/v1/"):
            assert operation["x-scopes"][0] in ("read", "write", "admin")


def test_examples_of_responses_are_what_the_schemas_describe(document: dict[str, Any]) -> None:
    given = json.loads((files("api") / "docs_page" / "examples.json").read_text(encoding="utf-8"))
    checked = set()
    for _, _, operation in operations(document):
        for response in operation["responses"].values():
            content = response.get("content", {}).get("application/json", {})
            if "example" in content:
                schema = {**content["schema"], "components": document["components"]}
                jsonschema_rs.validate(schema, content["example"])
                checked.add(operation["operationId"])
    assert set(given) <= checked
    assert "ask_question" in checked


def test_the_page_needs_no_key_and_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for asset in ("/docs/docs.js", "/docs/docs.css"):
        first = client.get(asset)
        assert first.status_code == 200
        again = client.get(asset, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert asset.removeprefix("/") in page.text
        assert not re.search(r"https?://", first.text)
    assert not re.search(r"https?://", page.text)

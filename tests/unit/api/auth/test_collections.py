"""Keys that are limited to some collections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth.key import Key, Scope
from api.auth.scopes import ANYONE
from api.errors import Forbidden
from api.service import Service
from tests.unit.api.auth.keyed import SEARCH, as_, opened


def test_a_key_of_some_collections_reaches_no_other(
    service: Callable[..., TestClient], home: Path
) -> None:
    with service() as client, opened(home) as store:
        everything: list[Scope] = ["read", "write", "admin"]
        headers = as_(store.create("k", everything, ["other", "later"])[1])

        def status(method: str, path: str, body: object = None) -> int:
            return client.request(method, path, json=body, headers=headers).status_code

        assert status("POST", "/v1/search", {**SEARCH, "collection": "other"}) == 200
        assert status("POST", "/v1/ask", {**SEARCH, "collection": "other"}) == 200
        assert status("GET", "/v1/articles?collection=other") == 200
        assert status("GET", "/v1/collections/other") == 200
        assert status("PUT", "/v1/collections/later") == 201
        listed = client.get("/v1/collections", headers=headers).json()["collections"]
        assert listed == ["later", "other"]
        client.delete("/v1/collections/later", headers=headers)
        gone = client.get("/v1/collections/later", headers=headers)
        # The error does not reveal which other collections exist.
        assert (gone.status_code, "default" in gone.text) == (404, False)
        for name in ("default", "none"):
            assert status("POST", "/v1/search", {**SEARCH, "collection": name}) == 403
            assert status("POST", "/v1/ask", {**SEARCH, "collection": name}) == 403
            assert status("GET", f"/v1/articles?collection={name}") == 403
            assert status("GET", f"/v1/articles?collection=other&collection={name}") == 403
            assert status("DELETE", f"/v1/articles/x?collection={name}") == 403
            assert status("GET", f"/v1/collections/{name}") == 403
            assert status("PUT", f"/v1/collections/{name}") == 403
            assert status("DELETE", f"/v1/collections/{name}") == 403
        for path in ("/v1/articles", "/v1/articles?collection=", "/v1/articles/x"):
            assert status("GET", path) == 403
        assert status("POST", "/v1/search", SEARCH) == 403
        refused = client.post("/v1/search", json=SEARCH, headers=headers)
        assert refused.headers["content-type"] == "application/problem+json"
    assert (home / "collections" / "default" / "catalog.db").exists()
    assert not (home / "collections" / "none").exists()


def test_the_service_of_a_request_opens_no_other_collection(
    service: Callable[..., TestClient],
) -> None:
    with service() as client:
        assert isinstance(client.app, FastAPI)
        whole: Service = client.app.state.service
        view = whole.restricted_to(Key("", "", ("admin",), ("other",), ""))
        assert view.collection("other") is whole.collection("other")
        refused: list[Callable[[], object]] = [
            lambda: view.collection(None),
            lambda: view.collections.get("default"),
            lambda: view.collections.forget("default"),
        ]
        for call in refused:
            with pytest.raises(Forbidden):
                call()
        assert whole.key is ANYONE

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article

QUESTION = "Lào gia nhập ASEAN năm nào?"
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article("Lào gia nhập ASEAN năm 1997.", key="k", id="one")])
    collection.close()
    with TestClient(create_app(tmp_path, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def test_hits_come_first_and_at_the_end_the_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in response.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: hits", "event: answers", "event: answer"]
    hits, early, answer = (json.loads(data.removeprefix("data: ")) for _, data in events)
    plain = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert hits["hits"] == answer["hits"] == plain["hits"]
    assert early["citations"] == answer["citations"] == plain["citations"]
    assert early["answers"] == answer["answers"] == plain["answers"]
    assert answer["answer"] == plain["answer"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"question": " "}, 422), ({"question": "x", "collection": "nothing"}, 404), ({}, 422)],
)
def test_an_invalid_request_is_a_problem(
    client: TestClient, body: dict[str, str], status: int
) -> None:
    response = client.post("/v1/ask", json=body, headers=EVENTS)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def events_of(text: str) -> list[tuple[str, Any]]:
    blocks = (block.split("\n") for block in text.strip().split("\n\n"))
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in blocks
    ]


def test_what_matters_most_comes_first_and_at_the_end_the_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    stages = [data["stage"] for name, data in events if name == "stage"]
    assert stages == ["ranking", "reading", "quotes"], events[-1]
    told = events[len(stages) :]
    assert [name for name, _ in told] == ["answers", "citations", "hits", "answer"]
    answers, citations, hits, answer = (data for _, data in told)
    plain = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert hits["hits"] == answer["hits"] == plain["hits"]
    assert citations["citations"] == answer["citations"] == plain["citations"]
    assert answers["answers"] == answer["answers"] == plain["answers"]
    assert answers["confidence"] == answer["confidence"] == plain["confidence"]
    assert answer["answer"] == plain["answer"]


def test_events_are_compact_utf_8(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION}, headers=EVENTS)
    assert "Lào gia nhập ASEAN" in response.content.decode()
    assert "\\u" not in response.text
    assert '": ' not in response.text


def test_a_line_separator_in_an_article_does_not_end_an_event(client: TestClient) -> None:
    text = "Brunei gia nhập ASEAN năm 1984.\u2028Brunei có\x85ít dân."
    assert client.put("/v1/articles/two", json={"text": text}).status_code == 200
    question = {"question": "Brunei gia nhập ASEAN năm nào?"}
    response = client.post("/v1/ask", json=question, headers=EVENTS)
    lines = response.content.decode().splitlines()
    assert all(line.startswith(("event: ", "data: ")) for line in lines if line)
    name, answer = events_of(response.text)[-1]
    assert name == "answer"
    assert answer["hits"] == client.post("/v1/ask", json=question).json()["hits"]


def test_events_are_compressed_where_the_client_takes_that_and_each_comes_whole(
    client: TestClient,
) -> None:
    body = {"question": QUESTION}
    plain = client.post("/v1/ask", json=body, headers={**EVENTS, "Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("POST", "/v1/ask", json=body, headers=EVENTS) as response:
        assert response.headers["content-encoding"] == "gzip"
        packed = list(response.iter_raw())
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for each in packed[:-1]:
        text = unpack.decompress(each)
        assert not text or text.endswith(b"\n\n")
    assert sum(map(len, packed)) < len(plain.content) / 2


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

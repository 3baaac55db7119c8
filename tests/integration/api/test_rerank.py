"""Reranking, OpenAI's responses, and the sources of answers as annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article

VI = "Lào gia nhập ASEAN năm 1997."
URL = "https://a.example/laos"
QUESTION = "Lào gia nhập ASEAN năm nào?"
DOCUMENTS = [
    "Giá cà phê ở Đắk Lắk tăng mạnh trong tuần qua.",
    "The coffee harvest in Brazil was poor this year.",
    "老挝于1997年加入东盟。",
    VI,
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("rerank")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [
            make_article(VI, key="k", id="laos", url=URL, title="Lào"),
            make_article("Brunei gia nhập năm 1984.", key="k", id="x", url="javascript:alert(1)"),
        ],
    )
    collection.close()
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank"])
def test_what_answers_comes_first_whichever_language_it_is_in(
    client: TestClient, path: str
) -> None:
    body = {"model": "any", "query": QUESTION, "documents": DOCUMENTS}
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    results = response.json()["results"]
    assert {each["index"] for each in results[:2]} == {2, 3}
    scores = [each["relevance_score"] for each in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert "document" not in results[0]


def test_the_members_of_both_protocols_are_taken_and_given(client: TestClient) -> None:
    documents = [{"text": text, "id": n} for n, text in enumerate(DOCUMENTS)]
    body = {"query": QUESTION, "documents": documents, "top_n": 2, "return_documents": True}
    found = client.post("/v1/rerank", json={**body, "max_tokens_per_doc": 512}).json()
    assert len(found["results"]) == 2
    for each in found["results"]:
        assert each["document"]["text"] == DOCUMENTS[each["index"]]
    assert found["usage"]["total_tokens"] > 0
    assert found["meta"]["api_version"] == {"version": "1"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"query": " ", "documents": ["x"]}, "query"),
        ({"query": "x", "documents": []}, "documents"),
        ({"query": "x", "documents": [" "]}, "documents.0"),
        ({"query": "x", "documents": ["a"], "top_n": 0}, "top_n"),
        ({"query": "x " * 3000, "documents": ["a"]}, "tokens"),
    ],
)
def test_what_cannot_be_ordered_is_refused(
    client: TestClient, body: dict[str, object], words: str
) -> None:
    response = client.post("/v1/rerank", json=body)
    assert response.status_code == 422
    assert words in response.json()["detail"]


def test_a_response_has_its_sources_as_annotations(client: TestClient) -> None:
    body = {"model": "tamngu", "input": QUESTION}
    response = client.post("/v1/responses", json=body)
    assert response.status_code == 200, response.text
    found = response.json()
    assert (found["object"], found["status"]) == ("response", "completed")
    (message,) = found["output"]
    (part,) = message["content"]
    assert "1997" in part["text"]
    assert part["annotations"]
    for each in part["annotations"]:
        assert (each["type"], each["url"], each["title"]) == ("url_citation", URL, "Lào")
        assert part["text"][each["start_index"] : each["end_index"]] == "[1]"
    assert found["usage"]["total_tokens"] > 0


def test_a_response_comes_in_events_that_end_with_the_whole(client: TestClient) -> None:
    body = {
        "model": "tamngu",
        "stream": True,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}],
    }
    response = client.post("/v1/responses", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    events: list[dict[str, Any]] = [json.loads(data.removeprefix("data: ")) for _, data in blocks]
    assert [name.removeprefix("event: ") for name, _ in blocks] == [each["type"] for each in events]
    assert [each["sequence_number"] for each in events] == list(range(len(events)))
    kinds = [each["type"] for each in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    deltas = (each["delta"] for each in events if each["type"] == "response.output_text.delta")
    (message,) = events[-1]["response"]["output"]
    assert "".join(deltas) == message["content"][0]["text"]
    assert "response.output_text.annotation.added" in kinds


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "gpt", "input": "x"}, 404, "model"),
        ({"model": "tamngu", "input": []}, 400, "input"),
        (
            {"model": "tamngu", "input": "x", "previous_response_id": "r"},
            400,
            "previous_response_id",
        ),
        (
            {"model": "tamngu", "input": "x", "text": {"format": {"type": "json_schema"}}},
            400,
            "text",
        ),
        ({"model": "tamngu"}, 400, "input"),
    ],
)
def test_a_response_that_cannot_be_is_refused_in_the_form_of_the_protocol(
    client: TestClient, body: dict[str, object], status: int, param: str
) -> None:
    response = client.post("/v1/responses", json=body)
    assert response.status_code == status
    assert response.json()["error"]["param"] == param


def test_a_chat_has_annotations_for_addresses_of_the_web_only(client: TestClient) -> None:
    def annotations(question: str) -> list[dict[str, Any]]:
        messages = [{"role": "user", "content": question}]
        body = {"model": "tamngu", "messages": messages}
        choice = client.post("/v1/chat/completions", json=body).json()["choices"][0]
        found: list[dict[str, Any]] = choice["message"]["annotations"]
        return found

    assert annotations(QUESTION)[0]["url_citation"]["url"] == URL
    urls = {each["url_citation"]["url"] for each in annotations("Brunei gia nhập năm nào?")}
    assert urls <= {URL}

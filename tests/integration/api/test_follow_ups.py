"""A question that leaves something out is answered with what the question before it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article

ARTICLES = {
    "laos": "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur.",
    "vietnam": "Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.",
    "cambodia": "Campuchia gia nhập ASEAN năm 1999. Lễ kết nạp ở Hà Nội.",
}
FIRST = "Việt Nam gia nhập ASEAN năm nào?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("follow")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(collection, [make_article(text, key="k", id=name) for name, text in ARTICLES.items()])
    collection.close()
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def asked(client: TestClient, path: str = "/v1/ask", **body: object) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("question", ["Còn Lào?", "那老挝呢？", "And Laos?"])
def test_a_follow_up_in_any_language_finds_what_it_means(client: TestClient, question: str) -> None:
    body = asked(client, question=question, context=[FIRST])
    assert body["question"] == question
    assert "gia nhập ASEAN năm nào" in body["searched"]
    assert [each["text"] for each in body["carried"]] == ["ASEAN", "gia nhập năm nào"]
    assert body["hits"][0]["article_id"] == "laos"
    assert "1997" in body["answer"]


def test_what_the_reader_removed_is_not_carried(client: TestClient) -> None:
    body = asked(client, question="Còn Lào?", context=[FIRST], without=["ASEAN"])
    assert body["searched"] == "Lào gia nhập năm nào?"
    assert body["carried"] == [{"text": "gia nhập năm nào", "kind": "words"}]


def test_a_question_that_stands_for_itself_is_searched_as_it_is(client: TestClient) -> None:
    alone = asked(client, question="Campuchia gia nhập ASEAN năm nào?")
    after = asked(client, question="Campuchia gia nhập ASEAN năm nào?", context=[FIRST])
    for body in (alone, after):
        assert (body["searched"], body["carried"]) == (None, [])
    assert after["hits"] == alone["hits"]


def test_a_search_and_a_chat_follow_too(client: TestClient) -> None:
    found = asked(client, "/v1/search", question="Còn Lào?", context=[FIRST])
    assert found["hits"][0]["article_id"] == "laos"
    assert found["searched"] == "Lào gia nhập ASEAN năm nào?"
    messages = [
        {"role": "user", "content": FIRST},
        {"role": "assistant", "content": "1995"},
        {"role": "user", "content": "Còn Lào?"},
    ]
    body = asked(client, "/v1/chat/completions", model="tamngu", messages=messages)
    assert body["tamngu"]["searched"] == "Lào gia nhập ASEAN năm nào?"
    assert "1997" in body["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    "body", [{"context": ["x"] * 11}, {"context": "x"}, {"context": [1]}, {"without": "x"}]
)
def test_a_context_that_cannot_be_is_refused(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/v1/ask", json={"question": "Còn Lào?", **body})
    assert response.status_code == 422

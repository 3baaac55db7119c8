"""Suggested questions are answered by the collection, and versions tell what an article tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder


@pytest.fixture(scope="module")
def client(sample_home: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(
        create_app(sample_home, encoder, "sample"), base_url="http://127.0.0.1"
    ) as made:
        yield made


def suggested(client: TestClient, **body: object) -> list[dict[str, Any]]:
    response = client.post("/v1/suggestions", json=body)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["questions"]
    return found


@pytest.mark.parametrize("language", ["vi", "zh", "en"])
def test_examples_are_answered_by_their_articles(client: TestClient, language: str) -> None:
    found = suggested(client, languages=[language], limit=2)
    assert found
    for each in found:
        assert each["language"] == language
        answer = client.post("/v1/ask", json={"question": each["question"]}).json()
        assert not answer["abstained"]
        assert each["article_id"] in {hit["article_id"] for hit in answer["hits"]}


def test_related_questions_are_others_than_the_one_that_was_asked(client: TestClient) -> None:
    question = "Việt Nam gia nhập ASEAN năm nào?"
    found = suggested(client, question=question, limit=3)
    assert found
    assert question not in {each["question"] for each in found}
    assert len({each["article_id"] for each in found}) == len(found)


def test_a_suggestion_that_cannot_be_asked_for_is_refused(client: TestClient) -> None:
    for body in ({"limit": 0}, {"question": " "}, {"languages": ["?"]}, {"unknown": 1}):
        assert client.post("/v1/suggestions", json=body).status_code == 422
    assert suggested(client, tags=["no such tag"]) == []


def test_an_article_names_articles_of_other_languages_that_tell_the_same(
    client: TestClient,
) -> None:
    query = {"article_id": "en-timor-leste-joins-asean"}
    found = client.get("/v1/versions", params=query).json()
    ids = [each["article"]["id"] for each in found["other_languages"]]
    assert "zh-hant-dongdiwen-jiaru-dongxie" in ids
    for each in found["other_languages"]:
        assert each["article"]["language"] != "en"
        text = client.get(f"/v1/articles/{each['article']['id']}").json()["text"]
        assert 0 <= each["start"] < each["end"] <= len(text)
    assert client.get("/v1/versions", params={"article_id": "none"}).status_code == 404

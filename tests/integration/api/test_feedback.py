"""What people say of answers becomes a gold set."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from eval.gold.jsonl import read_jsonl
from rag import Collection, ingest, make_article

VI = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
QUESTION = "Lào gia nhập ASEAN năm nào?"
FIRST: dict[str, Any] = {"article_id": "laos", "start": 0, "end": 28}
SECOND: dict[str, Any] = {"article_id": "laos", "start": 29, "end": len(VI)}


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article(VI, key="k", id="laos")])
    collection.close()
    with TestClient(create_app(tmp_path, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def say(
    client: TestClient, verdict: str, question: str = QUESTION, **place: object
) -> dict[str, Any]:
    body = {"question": question, "verdict": verdict, **place}
    response = client.post("/v1/feedback", json=body)
    assert response.status_code == 201, response.text
    body_: dict[str, Any] = response.json()
    return body_


def test_what_is_said_is_kept_with_its_quote_and_listed(client: TestClient, tmp_path: Path) -> None:
    said = say(client, "right", **FIRST, note="đúng")
    assert (said["quote"], said["language"]) == ("Lào gia nhập ASEAN năm 1997.", "vi")
    later = say(client, "wrong", **SECOND)
    page = client.get("/v1/feedback", params={"limit": 1}).json()
    assert page == {"feedback": [later], "next": later["id"]}
    rest = client.get("/v1/feedback", params={"after": page["next"]}).json()
    assert rest == {"feedback": [said], "next": None}
    assert stat.S_IMODE((tmp_path / "feedback.db").stat().st_mode) == 0o600
    assert client.delete(f"/v1/feedback/{said['id']}").status_code == 204
    assert client.delete(f"/v1/feedback/{said['id']}").status_code == 404
    assert client.get("/v1/feedback", params={"after": said["id"]}).status_code == 404


def test_the_gold_set_has_what_is_right_and_eval_reads_it(
    client: TestClient, tmp_path: Path
) -> None:
    first = say(client, "wrong", **SECOND)
    say(client, "better", **FIRST)
    none = say(client, "right", "谁发明了纸？")
    say(client, "wrong", "Who?", **FIRST)
    response = client.get("/v1/feedback/gold")
    assert response.headers["content-type"].startswith("application/x-ndjson")
    file = tmp_path / "gold.jsonl"
    file.write_bytes(response.content)
    gold = read_jsonl(file)
    assert [question.id for question in gold.questions] == [first["id"], none["id"]]
    known, unanswerable = gold.questions
    assert known.text == QUESTION
    assert [each.quote for each in known.relevant] == ["Lào gia nhập ASEAN năm 1997."]
    assert (unanswerable.language, unanswerable.relevant) == ("zh", ())


def test_what_was_said_last_of_a_place_counts(client: TestClient) -> None:
    say(client, "right", **FIRST)
    say(client, "wrong", **FIRST)
    assert client.get("/v1/feedback/gold").content == b""
    say(client, "right", **FIRST)
    assert QUESTION in client.get("/v1/feedback/gold").text


def test_a_quote_that_stands_in_its_article_no_more_is_left_out(client: TestClient) -> None:
    say(client, "right", **FIRST)
    assert client.put("/v1/articles/laos", json={"text": f"Mới. {VI}"}).status_code == 200
    assert client.get("/v1/feedback/gold").content == b""


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"verdict": "maybe"}, 422, "verdict"),
        ({"verdict": "right", "article_id": "laos"}, 422, "belong together"),
        ({"verdict": "better"}, 422, "a better passage needs"),
        ({"verdict": "right", "article_id": "none", "start": 0, "end": 1}, 404, "no article"),
        ({"verdict": "right", "article_id": "laos", "start": 5, "end": 5}, 422, "within"),
        ({"verdict": "right", "article_id": "laos", "start": 0, "end": 999}, 422, "within"),
        ({"verdict": "right", "question": "  "}, 422, "empty"),
        ({"verdict": "right", "note": "x" * 2001}, 422, "note"),
    ],
)
def test_what_cannot_be_said_is_refused(
    client: TestClient, body: dict[str, object], status: int, words: str
) -> None:
    response = client.post("/v1/feedback", json={"question": QUESTION, **body})
    assert response.status_code == status
    assert words in response.json()["detail"]

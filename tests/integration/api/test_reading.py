"""What a reader finds, in every form in which the service answers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.app import create_app
from api.service import Answering, Service
from embeddings import Encoder
from rag import Collection, ingest, make_article
from rag.answering.chat import Chat
from tamngu.records.answer import Answer
from tests.integration.api.served import TAMNGU, serving
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event
from tests.year_reader import YearReader

LAOS = "Lào gia nhập ASEAN năm nào?"
BRIDGE = "Cầu Bến Sông khánh thành năm nào?"
NOBODY = "http://127.0.0.1:9"
"""An address at which nothing listens."""

ARTICLES = (
    make_article(
        "Lào gia nhập ASEAN ngày 23 tháng 7 năm 1997 tại Kuala Lumpur.",
        key="laos",
        id="laos",
        title="ASEAN mở rộng",
        published_at="1997-07-24",
    ),
    make_article(
        "Cầu Bến Sông khánh thành năm 2011 sau ba mùa khô thi công.",
        key="old",
        id="old",
        title="Cây cầu mới",
        published_at="2019-01-05",
    ),
    make_article(
        "Theo ban quản lý, cầu Bến Sông được khánh thành vào năm 2012.",
        key="new",
        id="new",
        title="Lịch sử cây cầu",
        published_at="2024-03-02",
    ),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("home")
    for name, articles in (("default", ARTICLES), ("other", ARTICLES[:1])):
        collection = Collection.open_or_create(folder, name, encoder, YearReader())
        ingest(collection, articles)
        collection.close()
    return folder


@pytest.fixture(scope="module")
def client(home: Path, encoder: Encoder) -> Iterator[TestClient]:
    answering = Answering(abstain_below=0)
    app = create_app(home, encoder, "default", answering, reader=YearReader())
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def asked(client: TestClient, question: str, **other: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **other})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def narrowed(*articles: str) -> dict[str, object]:
    return {"article_ids": list(articles)}


def test_the_short_answer_stands_in_the_article_and_its_quote_proves_it(client: TestClient) -> None:
    body = asked(client, LAOS, **narrowed("laos"))
    (said,) = body["answers"]
    assert list(said) == [
        *("text", "start", "end", "article_id", "passage_id", "language", "score", "citations"),
        "script",
    ]
    assert said["text"] == "1997"
    assert said["article_id"] == "laos"
    assert 0 < said["score"] <= 1
    text = client.get("/v1/articles/laos").json()["text"]
    assert text[said["start"] : said["end"]] == "1997"
    proof = {each["marker"]: each for each in body["citations"]}[said["citations"][0]]
    assert proof["start"] <= said["start"] < said["end"] <= proof["end"]
    assert body["answer"].startswith("1997 [1]\n")


def test_sources_that_disagree_are_all_answers(client: TestClient) -> None:
    body = asked(client, BRIDGE, **narrowed("old", "new"))
    assert {each["text"] for each in body["answers"]} == {"2011", "2012"}
    markers = {each["citations"][0]: each["article_id"] for each in body["answers"]}
    cited = {each["marker"]: each["article_id"] for each in body["citations"]}
    assert markers.items() <= cited.items()


def test_nothing_is_read_if_the_request_says_so(client: TestClient) -> None:
    body = asked(client, LAOS, read=False)
    assert body["answers"] == []
    assert not any("answerable" in hit["parts"] for hit in body["hits"])
    assert body["citations"]


def test_a_search_reads_if_the_request_says_so(client: TestClient) -> None:
    def parts(**other: object) -> list[dict[str, float]]:
        found = client.post("/v1/search", json={"question": LAOS, **other}).json()
        return [hit["parts"] for hit in found["hits"]]

    assert not any("answerable" in each for each in parts())
    assert {each["answerable"] for each in parts(read=True)} == {0.95}
    assert client.post("/v1/search", json={"question": LAOS, "read": "so"}).status_code == 422


def test_an_abstention_has_no_short_answer(client: TestClient) -> None:
    body = asked(client, LAOS, abstain_below=1)
    assert (body["abstained"], body["answers"]) == (True, [])


def test_short_answers_come_before_a_chat_model_writes(home: Path, encoder: Encoder) -> None:
    chat_server = ChatServer()
    chat_server.script = lambda send: send(event("Laos joined in 1997 [1].", "stop") + DONE)
    answering = Answering(0, Chat.at(chat_server.address, environment={}))
    app = create_app(home, encoder, "default", answering, reader=YearReader())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        body = {"question": LAOS, **narrowed("laos")}
        headers = {"Accept": "text/event-stream"}
        streamed = client.post("/v1/ask", json=body, headers=headers).text
    chat_server.close()
    blocks = [block.split("\n") for block in streamed.strip().split("\n\n")]
    assert [name.removeprefix("event: ") for name, _ in blocks if name != "event: stage"] == [
        *("answers", "citations", "hits", "sentence", "answer")
    ]
    events = {name: json.loads(data.removeprefix("data: ")) for name, data in blocks}
    early = events["event: answers"]
    assert [each["text"] for each in early["answers"]] == ["1997"]
    markers = {each["marker"] for each in events["event: citations"]["citations"]}
    assert set(early["answers"][0]["citations"]) <= markers
    answer = events["event: answer"]
    assert answer["written_by"] == "some-model"
    quotes = {each["marker"]: each["quote"] for each in answer["citations"]}
    assert "1997" in quotes[answer["answers"][0]["citations"][0]]


def test_a_chat_completion_begins_with_the_short_answer(client: TestClient) -> None:
    messages = [{"role": "user", "content": LAOS}]
    body: dict[str, Any] = {"model": "tamngu/other", "messages": messages}
    whole = client.post("/v1/chat/completions", json=body).json()
    text = whole["choices"][0]["message"]["content"]
    extra = whole["tamngu"]
    assert [each["text"] for each in extra["answers"]] == ["1997"]
    assert text.startswith("1997 [1]\n")
    streamed = client.post("/v1/chat/completions", json={**body, "stream": True}).text
    lines = [line.removeprefix("data: ") for line in streamed.split("\n\n") if line]
    chunks = [json.loads(line) for line in lines if line != "[DONE]"]
    pieces = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(pieces) == text
    assert chunks[-1]["tamngu"]["answers"] == extra["answers"]


def test_one_reader_reads_all_collections(client: TestClient) -> None:
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    for name in ("default", "other", "made-here"):
        opened = service.collections.get_or_create(name)
        assert opened.reader is service.reader
    assert asked(client, LAOS, collection="other")["answers"]


def test_reading_is_a_stage_of_its_own_in_the_metrics(client: TestClient) -> None:
    asked(client, LAOS)
    assert 'tamngu_stage_seconds_count{stage="reading"}' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        ("none", "none"),
        (f"{NOBODY}#some-reranker", "some-reranker"),
        (NOBODY, "endpoint"),
        (YearReader(), "years"),
    ],
)
def test_readiness_names_the_reader_but_not_where_it_is(
    home: Path, encoder: Encoder, reader: str | YearReader, name: str
) -> None:
    with TestClient(create_app(home, encoder, "default", reader=reader)) as client:
        ready = client.get("/readyz", headers={"Host": "127.0.0.1"})
    assert ready.json() == {"status": "ready", "collection": "default", "reader": name}


def test_a_reader_that_fails_is_a_problem_of_those_who_want_it(
    home: Path, encoder: Encoder
) -> None:
    app = create_app(home, encoder, "default", reader=NOBODY)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for path, body in (
            ("/v1/ask", {"question": LAOS}),
            ("/v1/search", {"question": LAOS, "read": True}),
        ):
            response = client.post(path, json=body)
            assert response.status_code == 500
            assert response.headers["content-type"] == "application/problem+json"
            assert list(response.json()) == ["type", "title", "status", "detail"]
            assert "The rerank endpoint" in response.json()["detail"]
        assert asked(client, LAOS, read=False)["citations"]
        assert client.post("/v1/search", json={"question": LAOS}).status_code == 200


def test_without_a_reader_the_answer_is_made_of_quotes(home: Path, encoder: Encoder) -> None:
    app = create_app(home, encoder, "default", reader="none")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert asked(client, LAOS)["answers"] == []
        assert 'stage="reading"' not in client.get("/metrics").text


def test_the_description_shows_an_answer_that_is_one(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    response = document["paths"]["/v1/ask"]["post"]["responses"]["200"]
    example = response["content"]["application/json"]["example"]
    shown = TypeAdapter(Answer).validate_python(example)
    (said,), (proof,) = shown.answers, shown.citations
    assert proof.quote[said.start : said.end] == said.text
    assert said.citations == (proof.marker,)
    assert shown.hits[0].text == proof.quote
    bodies = document["components"]["schemas"]
    for name, reads in (("SearchBody", False), ("AskBody", True)):
        assert bodies[name]["properties"]["read"]["default"] is reads
        assert any("read" in each for each in bodies[name]["examples"])


@pytest.mark.slow
@pytest.mark.parametrize("option", [True, False])
def test_the_command_and_the_environment_name_the_reader(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch, option: bool
) -> None:
    options = ("--reader", "none") if option else ()
    monkeypatch.setenv("TAMNGU_READER", "packaged" if option else "none")
    with serving(sample_home, options) as address:
        assert httpx.get(f"{address}/readyz").json()["reader"] == "none"
        answer = httpx.post(f"{address}/v1/ask", json={"question": LAOS}, timeout=60).json()
    assert answer["answers"] == []


@pytest.mark.slow
def test_a_reader_that_is_none_is_found_out_at_the_start(sample_home: Path, tmp_path: Path) -> None:
    words: list[str | Path] = [TAMNGU, "serve", "--home", sample_home, "-c", "sample"]
    ended = subprocess.run(
        [*words, "--reader", tmp_path, "--port", "0"], capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: Cannot load the reader")
    assert "Traceback" not in ended.stderr

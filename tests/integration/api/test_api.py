"""The service in its own process, over HTTP."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from embeddings import load_encoder
from rag import Collection
from tests.waiting import PATIENCE_S

TAMNGU = Path(sys.executable).with_name("tamngu")


@pytest.fixture(scope="module")
def address(
    sample_home: Path, other_model: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    home = Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("api") / "home"))
    Collection.open_or_create(home, "other", load_encoder(other_model)).close()
    words: list[str | Path] = [TAMNGU, "serve", "-c", "sample", "--home", home]
    server = subprocess.Popen(
        [*words, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, (line, server.stderr and server.stderr.read())
    yield found[0]
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=PATIENCE_S)
    assert (server.returncode, errors) == (0, "")


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_the_health_check_succeeds(client: httpx.Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Việt Nam gia nhập Liên Hợp Quốc năm nào?", "vi"),
        ("越南以多少票当选安理会非常任理事国？", "zh"),
        ("Which countries signed the Hanoi Convention?", "en"),
    ],
)
def test_an_answer_has_all_fields_and_verified_quotes(
    client: httpx.Client, question: str, language: str
) -> None:
    response = client.post("/v1/ask", json={"question": question, "k": 5})
    assert response.status_code == 200
    body = response.json()
    assert body["language"] == language
    assert len(body["hits"]) == 5
    assert list(body) == [
        *("question", "language", "answer", "abstained"),
        *("confidence", "citations", "hits", "took_ms", "written_by", "notice", "answers"),
        *("script", "searched", "carried", "notices"),
    ]
    assert body["citations"]
    for citation in body["citations"]:
        assert list(citation) == [
            *("marker", "article_id", "passage_id", "title", "url"),
            *("published_at", "language", "start", "end", "quote", "page", "script"),
        ]
        article = client.get(f"/v1/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
    markers = {citation["marker"] for citation in body["citations"]}
    for said in body["answers"]:
        article = client.get(f"/v1/articles/{said['article_id']}").json()
        assert article["text"][said["start"] : said["end"]] == said["text"]
        assert set(said["citations"]) <= markers


def test_search_takes_languages(client: httpx.Client) -> None:
    request = {"question": "ASEAN", "languages": ["zh-Hant"], "language": "en"}
    body = client.post("/v1/search", json=request).json()
    assert body["language"] == "en"
    assert {hit["language"] for hit in body["hits"]} == {"zh"}


@pytest.mark.parametrize(
    ("question", "script", "articles"),
    [("東帝汶加入東盟", "Hant", "zh-hant-"), ("东盟五十年", "Hans", "zh-hans-")],
)
def test_the_script_of_chinese_is_said_wherever_its_language_is(
    client: httpx.Client, question: str, script: str, articles: str
) -> None:
    body = client.post("/v1/ask", json={"question": question, "languages": ["zh"]}).json()
    assert (body["language"], body["script"]) == ("zh", script)
    for name in ("hits", "citations", "answers"):
        for each in body[name]:
            wanted = "Hant" if each["article_id"].startswith("zh-hant-") else "Hans"
            assert each["script"] == wanted, name
    assert body["hits"][0]["article_id"].startswith(articles)
    found = client.get("/v1/articles", params={"language": "zh"}).json()["articles"]
    assert {each["script"] for each in found} == {"Hans", "Hant"}


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"question": ""}, 422, "The question is empty"),
        ({"question": "?"}, 422, "The question is empty"),
        ({"question": "\ud800"}, 422, "The question is empty"),
        ({"question": "x" * 20_000}, 422, "20,000 characters"),
        ({"question": "联合国" * 3000}, 422, "tokens"),
        ({"question": 5}, 422, "question: "),
        ({}, 422, "question: "),
        ([], 422, "body: Input should be an object."),
        ({"question": "x", "k": 0}, 422, "k: "),
        ({"question": "x", "k": 1_000}, 422, "k: "),
        ({"question": "x", "language": "tiếng Việt"}, 422, "language: "),
        ({"question": "x", "languages": ["vi", "?"]}, 422, "languages.1: "),
        ({"question": "x", "languages": "vi"}, 422, "languages: Input should be a valid list."),
        ({"question": "x", "unknown": 1}, 422, "unknown: Extra inputs are not permitted."),
        ({"question": "x", "collection": "none"}, 404, "no collection 'none'"),
        ({"question": "x", "collection": "other"}, 409, "was built with"),
        ({"question": "x", "collection": "../../etc"}, 422, "cannot name a collection"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_a_bad_request_is_a_problem(
    client: httpx.Client, path: str, request_: object, status: int, words: str
) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(path, content=json.dumps(request_), headers=headers)
    assert_problem(response, status, words)


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask", "/v1/articles"])
def test_a_body_that_is_not_json_is_said_with_its_place(client: httpx.Client, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(path, content='{"question": x}', headers=headers)
    assert_problem(response, 422, "The body is not JSON: Expecting value at character 14.")


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask", "/v1/articles", "/v1/evals"])
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_without_the_header_of_json_is_told_which_one_to_send(
    client: httpx.Client, path: str, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    response = client.post(path, content=b'{"question": "x"}', headers=headers)
    assert_problem(response, 422, "Content-Type: application/json.")


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask", "/v1/chat/completions"])
@pytest.mark.parametrize("body", ['{"question": "图书馆"}'.encode("gb18030"), b'{"a":' * 3000])
def test_a_body_that_no_reader_of_json_takes_is_told_what_to_send(
    client: httpx.Client, path: str, body: bytes
) -> None:
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    words = "The body is not JSON in UTF-8, or it is nested too deeply."
    assert words in response.json()["detail"]


NO_DAYS: tuple[object, ...] = ("3/8/2025", "2025-13-01", 5, [], "2025-08-03T10:00:00")


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/v1/articles", [], "body: Input should be an object."),
        ("/v1/evals", "x", "body: Input should be an object."),
        ("/v1/chat/completions", 12, "body: Input should be an object."),
        *(
            ("/v1/ask", {"question": "x", "published_from": day}, "a day, such as 2025-08-03.")
            for day in NO_DAYS
        ),
        ("/v1/ask", {"question": "x", "language": "chinese"}, "did you mean zh?"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_without_words_of_its_validator(
    client: httpx.Client, path: str, body: object, words: str
) -> None:
    response = client.post(path, json=body)
    assert response.status_code in (400, 422)
    assert response.json()["detail"].endswith(words)


def test_a_wrong_address_or_method_is_told_where_to_look(client: httpx.Client) -> None:
    assert_problem(client.get("/v1/asks"), 404, "/openapi.json describes all that there is.")
    assert_problem(client.get("/v1/ask"), 405, "This address takes POST, not GET.")


def test_a_missing_collection_names_no_folder(client: httpx.Client) -> None:
    response = client.post("/v1/search", json={"question": "x", "collection": "none"})
    assert response.json()["detail"] == "There is no collection 'none'."


def test_operations_have_short_names(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    names = [operation["operationId"] for each in paths.values() for operation in each.values()]
    assert len(names) == len(set(names))
    assert {"search_passages", "ask_question", "put_article"} <= set(names)
    assert not any("_v1_" in name for name in names)


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body) == ["type", "title", "status", "detail"]
    assert body["status"] == status
    assert words in body["detail"]


@pytest.mark.parametrize("content", [b"{broken", b"\xff\xfe", b"", b'{"question": "\xff"}'])
def test_a_body_that_is_not_json_is_a_problem(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/ask", content=content, headers=headers)
    assert response.status_code in (400, 422)
    assert_problem(response, response.status_code, "")


def test_ten_megabytes_of_question_are_refused(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "x" * 10_000_000})
    assert_problem(response, 413, "more than 1,000,000 bytes")


def test_ten_megabytes_without_a_stated_length_are_refused(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(100):
            yield b"x" * 100_000

    response = client.post("/v1/ask", content=chunks())
    assert_problem(response, 413, "more than 1,000,000 bytes")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/ask", 405),
        ("GET", "/v1/articles/nothing", 404),
        ("GET", "/v1/articles/%2e%2e%2fx", 404),
    ],
)
def test_other_paths_and_methods_are_problems(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    assert_problem(client.request(method, path), status, "")


def test_many_simultaneous_clients_get_the_same_hits(client: httpx.Client) -> None:
    def hits(_: int) -> object:
        body = client.post("/v1/search", json={"question": "Who chairs ASEAN?"}).json()
        return [(hit["passage_id"], hit["score"]) for hit in body["hits"]]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(hits, range(24)))
    assert all(result == results[0] for result in results)


def test_the_page_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert client.get(path).status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_the_schema_describes_questions_and_problems(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert {
        "/v1/search",
        "/v1/ask",
        "/v1/articles/{article_id}",
        "/healthz",
    } <= set(schema["paths"])
    assert "Problem" in schema["components"]["schemas"]
    assert {"404", "413", "422"} <= set(schema["paths"]["/v1/ask"]["post"]["responses"])


def test_a_search_can_be_filtered(client: httpx.Client) -> None:
    body = {"question": "ASEAN", "k": 50}
    every = client.post("/v1/search", json=body).json()["hits"]
    wanted = every[0]["article_id"]
    only = client.post("/v1/search", json={**body, "article_ids": [wanted]}).json()["hits"]
    assert {hit["article_id"] for hit in only} == {wanted}
    dated = {"published_from": "2025-01-01", "published_to": "2025-06-30"}
    for path in ("/v1/search", "/v1/ask"):
        hits = client.post(path, json={**body, **dated}).json()["hits"]
        assert hits
        assert all("2025-01-01" <= hit["published_at"][:10] <= "2025-06-30" for hit in hits)
    for bad in ("soon", "2026-01-01"):
        response = client.post("/v1/search", json={**body, **dated, "published_from": bad})
        assert response.status_code == 422
        assert response.json()["status"] == 422

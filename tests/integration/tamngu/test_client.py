"""The Python client against the service."""

from __future__ import annotations

import asyncio
import pickle
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rag
from rag import Collection
from tamngu.client import Answer, ApiError, AsyncClient, BadRequest, Client, ShortAnswer
from tamngu.client.json_records import reader_of
from tamngu.records.job import EvaluationResult
from tamngu.records.request import AskRequest, SearchRequest
from tests.integration.api.served import make_key, serving

QUESTION = "越南以多少票当选安理会非常任理事国？"


@pytest.fixture(scope="module")
def address(sample_home: Path) -> Iterator[str]:
    with serving(sample_home) as address:
        yield address


@pytest.fixture(scope="module")
def writable(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over a home of its own."""
    home = tmp_path_factory.mktemp("writable") / "home"
    shutil.copytree(sample_home, home)
    with serving(home) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


def test_it_imports_nothing_heavy() -> None:
    heavy = [
        "fastapi",
        "starlette",
        "numpy",
        "scipy",
        "faiss",
        "torch",
        "openvino",
        "tantivy",
    ]
    code = f"import sys, tamngu.client; print([m for m in {heavy} if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_an_answer_is_what_the_library_gives(client: Client, sample: Collection) -> None:
    answer = client.ask(AskRequest(QUESTION, top_k=5))
    own = asdict(rag.ask(sample, AskRequest(QUESTION, top_k=5)))
    assert {**asdict(answer), "took_ms": 0} == {**own, "took_ms": 0}
    assert all(isinstance(each, ShortAnswer) for each in answer.answers)
    for citation in answer.citations:
        article = client.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote
        assert article == sample.catalog.articles.get(citation.article_id)


def test_reading_is_part_of_the_request(client: Client) -> None:
    asked, unread = client.ask(QUESTION), client.ask(AskRequest(QUESTION, read=False))
    assert any("answerable" in hit.parts for hit in asked.hits)
    assert unread.answers == ()
    found, read = client.search(QUESTION), client.search(SearchRequest(QUESTION, read=True))
    for each, is_read in ((unread, False), (found, False), (read, True)):
        assert any("answerable" in hit.parts for hit in each.hits) is is_read


def test_an_answer_of_an_older_service_is_understood(client: Client) -> None:
    """Version 0.2 sends no short answers."""
    sent = asdict(client.ask(QUESTION))
    del sent["answers"]
    assert reader_of(Answer)(sent).answers == ()


def test_a_search_is_what_the_library_gives(client: Client, sample: Collection) -> None:
    result = client.search(SearchRequest(QUESTION, top_k=3, languages=("vi", "en")))
    own = rag.search(sample, SearchRequest(QUESTION, top_k=3, languages=["vi", "en"]))
    assert result.hits == own.hits
    assert (result.question, result.language) == (own.question, own.language)
    days = SearchRequest("ASEAN", published_from=date(2025, 1, 1), published_to=date(2025, 6, 30))
    dated = client.search(days)
    assert dated.hits
    assert all("2025-01" <= (hit.published_at or "") <= "2025-07" for hit in dated.hits)


def test_any_request_can_be_sent(client: Client) -> None:
    assert client.request("GET", "/healthz")["status"] == "ok"
    body = {"question": "ASEAN"}
    assert client.request("post", "/v1/search", json=body)["language"]
    article = client.search(SearchRequest("ASEAN", top_k=1)).hits[0].article_id
    params = {"collection": "sample"}
    assert client.request("GET", f"/v1/articles/{article}", params=params)["id"] == article


@pytest.mark.parametrize(
    ("question", "collection", "status", "title", "words"),
    [
        ("?", None, 422, "Unprocessable", "The question is empty"),
        ("x" * 10_001, None, 422, "Unprocessable", "10,001 characters"),
        ("x", "none", 404, "Not Found", "no collection 'none'"),
    ],
)
def test_a_refusal_says_why(
    client: Client,
    question: str,
    collection: str | None,
    status: int,
    title: str,
    words: str,
) -> None:
    for call in (client.search, client.ask):
        with pytest.raises(ApiError, match=words) as caught:
            call(question, collection=collection)
        assert caught.value.status == status
        assert title in caught.value.title
        assert words in caught.value.detail


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"top_k": 0}, "it goes from 1 to 100"),
        ({"languages": ["?"]}, "not a language tag"),
        ({"published_from": date(2025, 2, 1), "published_to": date(2025, 1, 1)}, "is after"),
    ],
)
def test_a_request_that_cannot_be_is_refused_before_it_is_sent(
    wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        SearchRequest("ASEAN", **wrong)


@pytest.mark.parametrize("article_id", ["none", "../../etc/passwd", "..", "a b?c#d%2e", "ô/。"])
def test_an_article_that_is_not_there_is_not_found(client: Client, article_id: str) -> None:
    with pytest.raises(ApiError, match="no article") as caught:
        client.article(article_id)
    assert caught.value.status == 404


def test_the_collection_of_the_client_is_asked(address: str) -> None:
    with Client(address, collection="none") as client:
        for call in (
            lambda: client.search("x"),
            lambda: client.ask("x", collection=None),
            lambda: client.article("x"),
        ):
            with pytest.raises(ApiError, match="no collection 'none'"):
                call()
        assert client.search("ASEAN", collection="sample").hits


def test_the_asynchronous_client_gives_the_same(address: str, client: Client) -> None:
    async def asked() -> None:
        async with AsyncClient(address) as other:
            found, answer = await asyncio.gather(other.search("ASEAN"), other.ask(QUESTION))
            # Questions that are asked at once are encoded together: scores differ in last digits.
            hits = client.search("ASEAN").hits
            assert {hit.passage_id for hit in found.hits} == {hit.passage_id for hit in hits}
            assert answer.citations[0] == client.ask(QUESTION).citations[0]
            first = answer.citations[0].article_id
            assert await other.article(first) == client.article(first)
            assert (await other.request("GET", "/healthz"))["status"] == "ok"
            with pytest.raises(ApiError, match="The question is empty"):
                await other.ask("?")

    asyncio.run(asked())


@pytest.mark.slow
def test_articles_are_brought_in_listed_and_deleted(writable: str) -> None:
    with Client(writable, collection="sample") as client:
        before = [each.id for each in client.articles()]
        # More than a page.
        many = [{"id": f"new-{n:03}", "text": f"Number {n} is here."} for n in range(230)]
        assert client.put_articles(many).added == 230
        report = client.put_article("Brunei joined in 1984.", id="new-230", tags=["asean"])
        assert (report.added, report.passages) == (1, 1)
        assert [each.id for each in client.articles()] == sorted(
            [*before, *(f"new-{n:03}" for n in range(231))]
        )
        assert (
            client.search(SearchRequest("When did Brunei join?", tags=["asean"])).hits[0].article_id
            == "new-230"
        )
        client.delete_article("new-230")
        with pytest.raises(ApiError, match="no article"):
            client.delete_article("new-230")
        with pytest.raises(ApiError, match="published_at"):
            client.put_article("x y", published_at="soon")


@pytest.mark.slow
def test_files_are_imported_and_questions_evaluated(writable: str, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Timor-Leste joined in 2025.", encoding="utf-8")
    (tmp_path / "two.md").write_text("# Laos\n\nLaos joined in 1997.", encoding="utf-8")
    with Client(writable, collection="uploads") as client:
        job = client.wait(client.import_files([tmp_path / "one.txt", tmp_path / "two.md"]).id)
        assert (job.state, job.progress.added) == ("done", 2)
        article = client.search("When did Laos join?").hits[0].article_id
        relevant = [{"article_id": article, "quote": "Laos joined in 1997."}]
        gold = [{"id": "q", "question": "Lào gia nhập năm nào?", "language": "vi"}]
        done = client.wait(client.evaluate([{**gold[0], "relevant": relevant}]).id)
        assert isinstance(done.result, EvaluationResult)
        assert done.result.figures["questions"] == 1
        assert client.cancel(done.id) == client.job(done.id) == done
        refused = client.wait(client.import_pages(["http://127.0.0.1:9/page"]).id)
        assert [each.where for each in refused.rejections] == ["http://127.0.0.1:9/page"]
        with pytest.raises(OSError, match="missing"):
            client.import_files([tmp_path / "missing.txt"])


@pytest.mark.slow
def test_the_asynchronous_client_writes_too(writable: str, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Timor-Leste joined in 2025.", encoding="utf-8")

    async def written() -> None:
        async with AsyncClient(writable, collection="apart") as client:
            job = await client.wait((await client.import_files([tmp_path / "one.txt"])).id)
            assert job.progress.added == 1
            assert (await client.put_article("Laos joined in 1997.", id="laos")).added == 1
            assert (await client.put_articles([{"id": "laos", "text": "None."}])).updated == 1
            ids = [each.id async for each in client.articles()]
            assert len(ids) == 2
            await client.delete_article("laos")
            gold = {"id": "q", "question": "Ai?", "language": "vi", "unanswerable": True}
            job = await client.wait((await client.evaluate([gold])).id)
            assert await client.cancel(job.id) == await client.job(job.id)
            job = await client.wait((await client.import_pages(["http://127.0.0.1:9/"])).id)
            assert job.progress.rejected == 1

    asyncio.run(written())


def test_articles_are_edited_restored_counted_and_judged(writable: str) -> None:
    article_id = "vi-gia-nhap-asean-1995"
    with Client(writable, collection="sample") as client:
        edited = client.edit_article(article_id, source="Báo Thử", tags=["ASEAN"])
        assert (edited.source, edited.tags) == ("Báo Thử", ("ASEAN",))
        counted = client.facets(source="Báo Thử")
        assert counted.articles == 1
        assert ("ASEAN", 1) in {(each.value, each.articles) for each in counted.tags}
        client.delete_article(article_id)
        assert client.restore_articles([article_id, "none"]) == [article_id]
        assert client.article(article_id) == edited
        place: dict[str, Any] = {"article_id": article_id, "start": 0, "end": 20}
        said = client.give_feedback("Việt Nam gia nhập ASEAN năm nào?", "right", **place)
        assert said.quote == edited.text[:20]


def test_questions_are_saved_and_feeds_watched(writable: str) -> None:
    async def asked() -> None:
        async with AsyncClient(writable, collection="sample") as client:
            saved = await client.save_question("Ai là thủ tướng?", languages=["vi"])
            assert (saved.collection, saved.languages) == ("sample", ("vi",))
            assert await client.alerts(unseen=True) == []
            feed = await client.watch_feed("http://127.0.0.1:9/feed", every_minutes=30)
            assert (feed.every_minutes, feed.outcome) == (30, None)

    asyncio.run(asked())


def test_nobody_there_is_an_error_without_a_status() -> None:
    with Client("http://127.0.0.1:9") as client:
        with pytest.raises(ApiError, match="does not answer") as caught:
            client.search("ASEAN")
        assert (caught.value.status, caught.value.title) == (0, "Unreachable")


def test_too_slow_an_answer_is_an_error() -> None:
    # The system takes the connection, and nobody ever answers.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(address, timeout=0.1) as client, pytest.raises(ApiError) as caught:
            client.search("ASEAN")
        assert (caught.value.status, caught.value.title) == (0, "Timeout")


def test_something_else_at_the_address_is_an_error(address: str) -> None:
    with Client(address) as client, pytest.raises(ApiError, match="no answer of"):
        client.request("GET", "/")


@pytest.fixture(scope="module")
def guarded(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A service that asks for keys and does one thing at a time: its address, and a key."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    shutil.copytree(sample_home, home)
    key = make_key(home)
    with serving(home, threads=1, queue=0) as address:
        yield [address, key]


@pytest.mark.slow
def test_the_key_is_shown(guarded: list[str]) -> None:
    address, key = guarded
    with Client(address, api_key=key) as client:
        assert client.search("ASEAN").hits
    for wrong in (None, "tmg_wrong"):
        with Client(address, api_key=wrong) as client:
            with pytest.raises(ApiError) as caught:
                client.search("ASEAN")
            assert caught.value.status == 401


@pytest.mark.slow
def test_a_busy_service_is_tried_again(guarded: list[str]) -> None:
    address, key = guarded
    long = "联合国安理会非常任理事国选举结果。" * 25
    with ThreadPoolExecutor(6) as pool:

        def statuses(client: Client) -> list[int]:
            def status(number: int) -> int:
                try:
                    client.search(SearchRequest(f"{number} {long}", top_k=100))
                except ApiError as error:
                    return error.status
                return 200

            return list(pool.map(status, range(24)))

        with Client(address, api_key=key, retries=0) as client:
            assert set(statuses(client)) == {200, 503}
        with Client(address, api_key=key, retries=40) as client:
            assert set(statuses(client)) == {200}


@pytest.mark.parametrize("key", ["tmg_a\nb", "ключ"])
def test_a_key_that_is_none_is_not_repeated(address: str, key: str) -> None:
    with pytest.raises(ValueError, match="character that no key has") as error:
        Client(address, api_key=key)
    assert key not in str(error.value)
    Client(address, api_key="tmg_from_a_file\n").close()


@pytest.mark.parametrize(
    ("where", "question"), [("ftp://a", "x"), ("http://127.0.0.1:1", "\ud800")]
)
def test_what_cannot_be_sent_is_one_error(where: str, question: str) -> None:
    with pytest.raises(ApiError, match="Not sent") as error, Client(where) as client:
        client.ask(question)
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)

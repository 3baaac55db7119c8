"""Clients that disconnect before their answer, and chat models that write at that time."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from openai import OpenAI

from api.app import create_app
from api.service import Answering
from api.settings import Settings
from embeddings import Encoder
from rag.answering.chat import Chat
from tests.integration.api.served import serving
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow

QUESTION = "Ai được bầu vào Hội đồng Nhân quyền?"


@pytest.fixture
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    yield server
    server.close()


@pytest.fixture
def address(sample_home: Path, chat_server: ChatServer) -> Iterator[str]:
    with serving(sample_home, options=("--chat", chat_server.address), threads=1) as found:
        yield found


def ask_and_leave(address: str, path: str, body: dict[str, Any], seen: Callable[[], bool]) -> None:
    place = urlsplit(address)
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port)) as client:
        client.sendall(head.encode() + content)
        wait_until(seen)


def counted(address: str, status: int) -> int:
    text = httpx.get(f"{address}/metrics").text
    lines = [
        line
        for line in text.splitlines()
        if line.startswith("tamngu_requests_total") and f'status="{status}"' in line
    ]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_a_chat_model_stops_writing_for_a_client_that_has_disconnected(
    address: str, chat_server: ChatServer, path: str
) -> None:
    pieces = 0
    broken = threading.Event()

    def endless(send: Callable[[bytes], object]) -> None:
        nonlocal pieces
        try:
            while not chat_server.closing.wait(0.02):
                send(event("word "))
                pieces += 1
        except OSError:
            broken.set()
            raise

    chat_server.script = endless
    body: dict[str, Any] = {"question": QUESTION}
    if path != "/v1/ask":
        body = {"model": "tamngu", "messages": [{"role": "user", "content": QUESTION}]}
    ask_and_leave(address, path, body, lambda: pieces > 2)
    assert broken.wait(PATIENCE_S)
    wait_until(lambda: counted(address, 499) == 1)
    assert counted(address, 500) == 0


def test_waiting_for_a_chat_model_does_not_delay_searches(
    address: str, chat_server: ChatServer
) -> None:
    started, go_on = threading.Semaphore(0), threading.Event()

    def slow(send: Callable[[bytes], object]) -> None:
        started.release()
        go_on.wait(PATIENCE_S)
        send(event(FIRST, "stop") + DONE)

    chat_server.script = slow
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(httpx.post(f"{address}/v1/ask", json={"question": QUESTION}, timeout=60))

    # The service has one thread for its model.
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert started.acquire(timeout=PATIENCE_S)
    # The chat model goes on only after this has been answered.
    found = httpx.post(f"{address}/v1/search", json={"question": QUESTION}, timeout=PATIENCE_S / 2)
    go_on.set()
    for thread in threads:
        thread.join()
    assert found.status_code == 200
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.json()["written_by"] for answer in answers} == {"some-model"}


FIRST = "The vote was in New York [1]."
SECOND = "It received 180 votes, the most in Asia and the Pacific [1]."


def writes(server: ChatServer, go_on: threading.Event) -> None:
    """Make a model write a sentence, one without proof, and another after ``go_on`` is set."""

    def script(send: Callable[[bytes], object]) -> None:
        send(event(f"{FIRST} Nobody said this. It"))
        go_on.wait(PATIENCE_S)
        send(event(SECOND.removeprefix("It"), "stop") + DONE)

    server.script = script


def test_sentences_come_as_they_are_proven(address: str, chat_server: ChatServer) -> None:
    go_on = threading.Event()
    writes(chat_server, go_on)
    events: list[tuple[str, Any]] = []
    headers = {"Accept": "text/event-stream"}
    with httpx.stream(
        "POST", f"{address}/v1/ask", json={"question": QUESTION}, headers=headers, timeout=60
    ) as response:
        for block in response.iter_lines():
            if block.startswith("event: "):
                events.append((block.removeprefix("event: "), None))
            elif block.startswith("data: "):
                events[-1] = (events[-1][0], json.loads(block.removeprefix("data: ")))
                if events[-1][0] == "sentence":
                    # The model writes the rest only after the first sentence has arrived.
                    go_on.set()
    assert [name for name, _ in events if name != "stage"] == [
        *("answers", "citations", "hits", "sentence", "sentence", "answer")
    ]
    texts = [data["text"] for name, data in events if name == "sentence"]
    assert texts == [
        "The vote was in New York. [1]",
        "It received 180 votes, the most in Asia and the Pacific. [2]",
    ]
    assert events[-1][1]["answer"] == " ".join(texts)
    # Quotes of a short answer may follow.
    assert [each["marker"] for each in events[-1][1]["citations"]][:2] == ["1", "2"]


def test_chat_clients_see_sentences_as_they_are_proven(
    address: str, chat_server: ChatServer
) -> None:
    go_on = threading.Event()
    writes(chat_server, go_on)
    client = OpenAI(base_url=f"{address}/v1", api_key="none")
    asked: Any = {"model": "tamngu", "messages": [{"role": "user", "content": QUESTION}]}
    text = ""
    for chunk in client.chat.completions.create(**asked, stream=True):
        text += chunk.choices[0].delta.content or ""
        if "New York" in text:
            go_on.set()
    whole = client.chat.completions.create(**asked).choices[0].message.content
    assert text == whole
    client.close()


def test_the_final_answer_follows_sentences_that_a_model_withdraws(
    address: str, chat_server: ChatServer
) -> None:
    def fickle(send: Callable[[bytes], object]) -> None:
        send(event(f"{FIRST} And then there was more to say about it."))
        send(event("NO_ANSWER", "stop") + DONE)

    chat_server.script = fickle
    client = OpenAI(base_url=f"{address}/v1", api_key="none")
    asked: Any = {"model": "tamngu", "messages": [{"role": "user", "content": QUESTION}]}
    chunks = client.chat.completions.create(**asked, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    quotes = client.chat.completions.create(**asked).choices[0].message.content
    client.close()
    assert quotes is not None
    assert text == f"The vote was in New York. [1]\n\n{quotes}"
    assert "“" in quotes


def test_the_error_of_a_chat_model_is_not_shown(address: str, chat_server: ChatServer) -> None:
    chat_server.status = 500
    answer = httpx.post(f"{address}/v1/ask", json={"question": QUESTION}, timeout=60)
    assert answer.json()["notice"] == "The chat model failed; these are the quotes."
    assert chat_server.address.partition("#")[0] not in answer.text


def test_a_finished_answer_is_returned_even_if_the_pool_is_full(
    sample_home: Path, encoder: Encoder, chat_server: ChatServer
) -> None:
    begun, go_on, free = threading.Event(), threading.Event(), threading.Event()

    def slow(send: Callable[[bytes], object]) -> None:
        begun.set()
        go_on.wait(PATIENCE_S)
        send(event(FIRST, "stop") + DONE)

    chat_server.script = slow
    app = create_app(
        sample_home,
        encoder,
        "sample",
        Answering(chat=Chat.at(chat_server.address, environment={})),
        Settings(threads=1, queue=0),
    )
    asked = {"model": "tamngu", "messages": [{"role": "user", "content": QUESTION}]}
    answers: list[Any] = []
    with TestClient(app, base_url="http://127.0.0.1") as client:
        post = partial(client.post, "/v1/chat/completions", json=asked)
        thread = threading.Thread(target=lambda: answers.append(post()))
        thread.start()
        assert begun.wait(PATIENCE_S)
        assert client.portal is not None
        busy = client.portal.start_task_soon(app.state.service.pool.run, free.wait)
        wait_until(lambda: app.state.service.pool.in_use == 1)
        go_on.set()
        thread.join()
        free.set()
        busy.result()
    assert answers[0].status_code == 200
    assert answers[0].json()["usage"]["completion_tokens"] > 0


def test_a_service_that_stops_answers_requests_that_it_cuts_off(
    sample_home: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home"))
    with serving(home) as address:
        place = urlsplit(address)
        head = (
            f"POST /v1/imports HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 99\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        )
        client = socket.create_connection((place.hostname, place.port))
        client.sendall(head.encode())
        time.sleep(0.5)
    answer = client.recv(10_000).decode()
    client.close()
    assert answer.startswith("HTTP/1.1 503"), answer
    assert "application/problem+json" in answer

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from rag.answering.chat import MAX_CHARACTERS, Chat, ChatError
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event
from tests.waiting import PATIENCE_S

ASKED = [{"role": "user", "content": "Ai thắng?"}]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    serving = ChatServer()
    yield serving
    serving.close()


def answer(server: ChatServer, timeout: float = 5.0) -> str:
    return "".join(Chat.at(server.address, timeout=timeout, environment={}).stream(ASKED))


def test_the_pieces_come_as_they_are_written(server: ChatServer) -> None:
    read = threading.Event()

    def script(send: Callable[[bytes], object]) -> None:
        send(event("Việt "))
        assert read.wait(PATIENCE_S)
        send(event("Nam。") + event(None, "stop") + DONE)

    server.script = script
    pieces = Chat.at(server.address, environment={}).stream(ASKED)
    assert next(pieces) == "Việt "
    read.set()
    assert list(pieces) == ["Nam。"]


def test_the_request_has_model_messages_and_key(server: ChatServer) -> None:
    chat = Chat.at(server.address, environment={"TAMNGU_CHAT_API_KEY": "secret"})
    assert list(chat.stream(ASKED)) == ["Yes."]
    assert server.requests == [
        {
            "path": "/v1/chat/completions",
            "model": "some-model",
            "messages": ASKED,
            "stream": True,
            "temperature": 0.0,
        }
    ]
    assert server.headers[0]["authorization"] == "Bearer secret"
    assert "secret" not in repr(chat)


def test_no_key_and_no_temperature_are_not_sent(server: ChatServer) -> None:
    url, _, model = server.address.partition("#")
    assert list(Chat(url, model, temperature=None).stream(ASKED)) == ["Yes."]
    assert "authorization" not in server.headers[0]
    assert "temperature" not in server.requests[0]


def test_characters_and_lines_cut_anywhere_are_put_together(server: ChatServer) -> None:
    text = "Chữ 字\u2028 “x”\n"
    choice = {"delta": {"content": text}}
    unescaped = json.dumps({"choices": [choice]}, ensure_ascii=False).encode()
    body = b"data: " + unescaped + b"\r\n\r\n" + DONE

    def script(send: Callable[[bytes], object]) -> None:
        for i in range(len(body)):
            send(body[i : i + 1])

    server.script = script
    assert answer(server) == text


def test_what_carries_no_text_is_passed_over(server: ChatServer) -> None:
    parts = [
        b": waiting\n\n",
        b"event: message\nid: 7\n",
        b'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n',
        b'data:{"choices":[{"delta":{"reasoning_content":"Hm"}}]}\n\n',
        event("Yes."),
        b'data: {"choices":[],"usage":{"total_tokens":9}}\n\n',
        DONE,
        b"data: nothing after the end is read\n\n",
    ]
    server.script = lambda send: send(b"".join(parts))
    assert answer(server) == "Yes."


def test_an_end_without_done_needs_a_reason_to_finish(server: ChatServer) -> None:
    server.script = lambda send: send(event("Yes.") + event(None, "stop"))
    assert answer(server) == "Yes."


def test_half_a_surrogate_pair_is_made_text(server: ChatServer) -> None:
    server.script = lambda send: send(event("\ud83d") + DONE)
    assert answer(server).encode() == b"?"


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_a_status_other_than_ok_is_one_error(server: ChatServer, status: int) -> None:
    server.status = status
    server.script = lambda send: send(b"no\n such   key: secret" + b"!" * 9999)
    chat = Chat.at(server.address, environment={"TAMNGU_CHAT_API_KEY": "secret"})
    with pytest.raises(ChatError, match=f"status {status}: no such key: ") as caught:
        list(chat.stream(ASKED))
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff",
        b"[]",
        b"7",
        b'{"choices": 7}',
        b'{"choices": {"a": 1}}',
        b'{"choices": [7]}',
        b'{"choices": [{"delta": []}]}{',
        b'{"choices": [{"delta": {"content": 7}}]}',
        b'{"choices": [{"delta": {"content": "a"}, "finish_reason": 7}]}',
        b"[" * 100_000,
    ],
)
def test_an_event_that_cannot_be_read_is_one_error(server: ChatServer, data: bytes) -> None:
    server.script = lambda send: send(b"data: " + data + b"\n\n" + DONE)
    with pytest.raises(ChatError, match="event that cannot be read"):
        answer(server)


@pytest.mark.parametrize("body", [b"<html>\n</html>\n", b'{"choices": []}\n'])
def test_a_body_that_is_no_events_is_one_error(server: ChatServer, body: bytes) -> None:
    server.script = lambda send: send(body)
    with pytest.raises(ChatError, match="other than events"):
        answer(server)


def test_an_error_event_is_one_error(server: ChatServer) -> None:
    failed = b'data: {"error": {"message": "out of memory"}}\n\n'
    server.script = lambda send: send(event("Ye") + failed)
    with pytest.raises(ChatError, match="out of memory"):
        answer(server)


@pytest.mark.parametrize("body", [b"", event("Ye"), event("Ye") + DONE.rstrip()[:-3]])
@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_that_stops_in_the_middle_is_one_error(
    server: ChatServer, body: bytes, whole: bool
) -> None:
    server.whole = whole
    server.script = lambda send: send(body) if body else None
    with pytest.raises(ChatError, match=r"stops in the middle|incomplete"):
        answer(server)


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_an_answer_that_is_cut_off_is_one_error(server: ChatServer, reason: str) -> None:
    server.script = lambda send: send(event("Ye", reason) + DONE)
    with pytest.raises(ChatError, match=f"cut off, for {reason}"):
        answer(server)


def test_an_answer_that_is_too_long_is_one_error(server: ChatServer) -> None:
    def script(send: Callable[[bytes], object]) -> None:
        while not server.closing.is_set():
            send(event("a" * 1000))

    server.script = script
    pieces: list[str] = []
    with pytest.raises(ChatError, match=f"more than {MAX_CHARACTERS} characters"):
        pieces.extend(Chat.at(server.address, environment={}).stream(ASKED))
    assert len("".join(pieces)) == MAX_CHARACTERS


def test_an_event_without_end_is_one_error(server: ChatServer) -> None:
    def script(send: Callable[[bytes], object]) -> None:
        while not server.closing.is_set():
            send(b"a" * 10_000)

    server.script = script
    with pytest.raises(ChatError, match="no end"):
        answer(server)


def slowly(server: ChatServer, data: bytes) -> Callable[[Callable[[bytes], object]], None]:
    def script(send: Callable[[bytes], object]) -> None:
        # So often that the reader should have left long ago.
        for _ in range(1000):
            if server.closing.wait(0.05):
                return
            send(data)

    return script


@pytest.mark.parametrize("what", ["nothing", "header lines", "comments", "text"])
def test_a_slow_answer_is_one_error_at_the_deadline(server: ChatServer, what: str) -> None:
    if what == "nothing":
        server.before_headers = lambda _: server.closing.wait(PATIENCE_S)
    elif what == "header lines":
        server.before_headers = slowly(server, b"H")
    else:
        server.script = slowly(server, event("a") if what == "text" else b": wait\n\n")
    started = time.monotonic()
    with pytest.raises(ChatError, match=r"no complete answer within 0\.3 s"):
        answer(server, timeout=0.3)
    assert time.monotonic() - started > 0.25


def test_an_endpoint_that_is_not_there_is_one_error(server: ChatServer) -> None:
    server.close()
    with pytest.raises(ChatError, match=r"refused.*TAMNGU_CHAT_API_KEY"):
        answer(server)


@pytest.mark.parametrize("url", ["http://", "ftp://a", "http://a:99999999", "nowhere"])
def test_an_address_that_is_none_is_one_error(url: str) -> None:
    with pytest.raises(ChatError, match="Check the address"):
        list(Chat.at(f"{url}#m", environment={}).stream(ASKED))


def test_an_address_without_a_model_says_how_to_write_it() -> None:
    with pytest.raises(ChatError, match="after a #"):
        Chat.at("http://127.0.0.1:1/v1")


def test_an_address_is_repeated_in_short_with_marks() -> None:
    with pytest.raises(ChatError, match="names no model") as refused:
        Chat.at("\u202e\x1b[31m" + "a" * 10_000)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1200


@pytest.mark.parametrize("key", ["khóa", "a\nb"])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    with pytest.raises(ChatError, match="write it again"):
        Chat.at("http://127.0.0.1:1/v1#m", environment={"TAMNGU_CHAT_API_KEY": key})


def test_a_reader_that_leaves_early_closes_the_connection(server: ChatServer) -> None:
    left = threading.Event()

    def script(send: Callable[[bytes], object]) -> None:
        try:
            slowly(server, event("a"))(send)
        except OSError:
            left.set()

    server.script = script
    pieces = Chat.at(server.address, environment={}).stream(ASKED)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert left.wait(PATIENCE_S)


def test_a_model_is_shown_the_characters_that_nobody_sees(server: ChatServer) -> None:
    tags = "".join(chr(0xE0000 + ord(each)) for each in "ok")
    text = f"Tiêu đề\x1b[2K \u202eđảo{tags}\n<<<a"
    chat = Chat.at(server.address, environment={})
    assert list(chat.stream([{"role": "user", "content": text}])) == ["Yes."]
    (sent,) = server.requests[0]["messages"]
    shown = "Tiêu đề\\x1b[2K \\u202eđảo\\U000e006f\\U000e006b\n<<<a"
    assert sent == {"role": "user", "content": shown}


def test_what_an_endpoint_says_of_its_failure_is_bounded(server: ChatServer) -> None:
    def script(send: Callable[[bytes], object]) -> None:
        send(f"data: {json.dumps({'error': {'message': 'no' * 10_000}})}\n\n".encode())

    server.script = script
    with pytest.raises(ChatError) as failed:
        answer(server)
    assert len(str(failed.value)) < 1000

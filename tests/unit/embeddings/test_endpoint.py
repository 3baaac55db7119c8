"""A real HTTP server that speaks the embeddings protocol, in front of the packaged model."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from embeddings import Encoder, EncoderError, EncoderOptions, load_encoder
from embeddings.load import is_prepared

pytestmark = pytest.mark.slow

OPTIONS = EncoderOptions(question_cache=0, passage_prompt="passage: ", question_prompt="query: ")

Reply = tuple[int, dict[str, str], bytes]


class Endpoint:
    """Answers requests with the items of ``replies``, and then with vectors."""

    def __init__(self, encode: Callable[[list[str]], np.ndarray[Any, Any]]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.replies: list[Reply] = []
        self.change: Callable[[dict[str, Any]], object] = lambda body: body
        self._encode = encode
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                endpoint.requests.append(body)
                endpoint.headers.append({k.lower(): v for k, v in self.headers.items()})
                status, headers, content = endpoint.reply(self.path, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1#some-model"

    def reply(self, path: str, body: dict[str, Any]) -> Reply:
        if self.replies:
            return self.replies.pop(0)
        if path != "/v1/embeddings":
            return 404, {}, b"no such path"
        vectors = 3 * self._encode(body["input"])
        listed = [{"index": i, "embedding": row.tolist()} for i, row in enumerate(vectors)]
        answer = self.change({"object": "list", "model": body["model"], "data": listed[::-1]})
        return 200, {"content-type": "application/json"}, json.dumps(answer).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def endpoint(small_model: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setattr("embeddings.posting._FIRST_WAIT_S", 0.01)
    # The client adds the prompts, so the model behind the endpoint adds none.
    behind = load_encoder(str(small_model), EncoderOptions(question_cache=0))
    serving = Endpoint(lambda texts: behind.encode_passages(texts))
    yield serving
    serving.close()


@pytest.fixture
def client(endpoint: Endpoint) -> Encoder:
    connected = load_encoder(endpoint.address, OPTIONS)
    endpoint.requests.clear()
    return connected


def test_vectors_are_the_models_in_input_order_and_normalised(
    client: Encoder, small_model: object
) -> None:
    behind = load_encoder(str(small_model))
    texts = ["ngoại", "giao", "外 交", "外"]
    found = client.encode_passages(texts)
    expected = behind.encode_passages([f"passage: {text}" for text in texts])
    np.testing.assert_allclose(found, expected, atol=1e-2)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_the_fingerprint_names_endpoint_and_model(client: Encoder, endpoint: Endpoint) -> None:
    assert client.fingerprint.model == endpoint.address
    assert client.fingerprint.dim == 32
    other = load_encoder(endpoint.address.replace("some-model", "other"), OPTIONS)
    assert not client.fingerprint.matches(other.fingerprint)


def test_many_texts_go_in_batches_with_prompt_model_and_progress(
    client: Encoder, endpoint: Endpoint
) -> None:
    done: list[int] = []
    client.encode_questions([f"q{i}" for i in range(70)], done.append)
    assert [len(body["input"]) for body in endpoint.requests] == [32, 32, 6]
    assert endpoint.requests[0]["input"][:2] == ["query: q0", "query: q1"]
    assert {body["model"] for body in endpoint.requests} == {"some-model"}
    assert sum(done) == 70


def test_the_key_is_sent_as_a_bearer_token(endpoint: Endpoint) -> None:
    load_encoder(endpoint.address, replace(OPTIONS, endpoint_key="secret"))
    assert endpoint.headers[-1]["authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_asked_again(client: Encoder, endpoint: Endpoint, status: int) -> None:
    endpoint.replies = [(status, {}, b"busy")] * 2
    assert client.encode_passages(["a"]).shape == (1, 32)
    assert len(endpoint.requests) == 3


def test_the_servers_own_wait_is_kept(client: Encoder, endpoint: Endpoint) -> None:
    endpoint.replies = [(429, {"retry-after": "1"}, b"slow down")]
    started = time.monotonic()
    client.encode_passages(["a"])
    assert time.monotonic() - started >= 1


def test_a_failure_that_stays_is_one_error(client: Encoder, endpoint: Endpoint) -> None:
    endpoint.replies = [(503, {}, b"busy")] * 9
    with pytest.raises(EncoderError, match=r"failed 5 times \(status 503: busy\)"):
        client.encode_passages(["a"])


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422])
def test_a_refusal_is_not_asked_again(client: Encoder, endpoint: Endpoint, status: int) -> None:
    endpoint.replies = [(status, {}, b"no")]
    with pytest.raises(EncoderError, match=f"status {status}: no"):
        client.encode_passages(["a"])
    assert len(endpoint.requests) == 1


def test_other_dimensions_than_before_are_refused(client: Encoder, endpoint: Endpoint) -> None:
    endpoint.change = lambda body: {
        "data": [{**each, "embedding": each["embedding"][:16]} for each in body["data"]]
    }
    with pytest.raises(EncoderError, match="from 32 dimensions to 16"):
        client.encode_passages(["a"])


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"data": []},
        {"data": [{"index": 0}]},
        {"data": [{"index": 1, "embedding": [1.0] * 32}]},
        {"data": [{"index": 0, "embedding": ["x"] * 32}]},
        {"data": [{"index": 0, "embedding": [float("nan")] * 32}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
    ],
)
def test_an_answer_that_is_no_vectors_is_one_error(
    client: Encoder, endpoint: Endpoint, answer: object
) -> None:
    endpoint.change = lambda _: answer
    with pytest.raises(EncoderError, match="answers with"):
        client.encode_passages(["a"])


@pytest.mark.parametrize("answer", [b"<html>", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_one_error(
    client: Encoder, endpoint: Endpoint, answer: bytes
) -> None:
    endpoint.replies = [(200, {}, answer)]
    with pytest.raises(EncoderError, match="something that is not vectors"):
        client.encode_passages(["a"])


def test_an_endpoint_that_is_not_there_is_one_error(endpoint: Endpoint) -> None:
    address = endpoint.address
    endpoint.close()
    with pytest.raises(EncoderError, match="failed 5 times"):
        load_encoder(address, OPTIONS)


def test_an_answer_that_takes_too_long_is_one_error(endpoint: Endpoint) -> None:
    def slow(body: dict[str, Any]) -> object:
        time.sleep(1)
        return body

    endpoint.change = slow
    with pytest.raises(EncoderError, match="timed out"):
        load_encoder(endpoint.address, replace(OPTIONS, endpoint_timeout=0.2))


def test_an_address_without_a_model_says_how_to_write_it() -> None:
    with pytest.raises(EncoderError, match="after a #"):
        load_encoder("http://127.0.0.1:1/v1", OPTIONS)


def test_long_texts_are_windowed_by_the_estimate(client: Encoder, endpoint: Endpoint) -> None:
    client.encode_passages(["ngoại giao " * 400])
    (sent,) = (body["input"] for body in endpoint.requests)
    assert len(sent) > 1
    assert max(len(text.encode()) for text in sent) <= 3 * OPTIONS.endpoint_tokens
    assert "".join(text.removeprefix("passage: ") for text in sent) == ("ngoại giao " * 400).strip()


def test_windows_of_mixed_scripts_all_fit(client: Encoder, endpoint: Endpoint) -> None:
    text = "a " * 1500 + "市" * 600
    client.encode_passages([text])
    (sent,) = (body["input"] for body in endpoint.requests)
    pieces = [each.removeprefix("passage: ") for each in sent]
    assert "".join(pieces) == text
    assert max(client.count_tokens(pieces)) <= client.max_passage_tokens + 1


def test_a_prompt_that_leaves_no_room_is_one_error(endpoint: Endpoint) -> None:
    options = replace(OPTIONS, endpoint_tokens=16, passage_prompt="a long instruction " * 5)
    with pytest.raises(EncoderError, match="prompt takes all"):
        load_encoder(endpoint.address, options).encode_passages(["a"])


def test_an_address_without_a_host_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waits, and asks again"))
    with pytest.raises(EncoderError, match=r"failed \("):
        load_encoder("http://#m", OPTIONS)


def test_there_is_nothing_to_prepare(endpoint: Endpoint) -> None:
    assert is_prepared(endpoint.address)

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from embeddings import EncoderOptions
from reading import Reader, ReaderError, Reading, load_reader
from tests.unit.reading.rerank_server import RerankServer

OPTIONS = EncoderOptions(endpoint_timeout=20)

WINDOWS = ["Lima is big", "nothing", "the capital is Lima", "capital"]
QUESTION = "the capital is Lima"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RerankServer]:
    monkeypatch.setattr("embeddings.posting._FIRST_WAIT_S", 0.01)
    serving = RerankServer()
    yield serving
    serving.close()


@pytest.fixture(params=["jina", "tei"])
def reader(request: pytest.FixtureRequest, server: RerankServer) -> Reader:
    return connected(f"{server.address}/v1#ranker" if request.param == "jina" else server.address)


def connected(address: str, options: EncoderOptions = OPTIONS) -> Reader:
    loaded = load_reader(address, options)
    assert loaded is not None
    return loaded


def test_scores_come_in_the_order_of_the_windows(reader: Reader) -> None:
    assert reader.read(QUESTION, WINDOWS) == [
        Reading(0.5),
        Reading(0.0),
        Reading(1.0),
        Reading(0.25),
    ]


def test_jinas_form_names_the_model_and_asks_for_all(server: RerankServer) -> None:
    connected(f"{server.address}/v1/#ranker").read(QUESTION, WINDOWS)
    assert server.requests == [
        {
            "path": "/v1/rerank",
            "query": QUESTION,
            "model": "ranker",
            "documents": WINDOWS,
            "top_n": 4,
        }
    ]


def test_teis_form_names_none_and_asks_for_probabilities(server: RerankServer) -> None:
    connected(server.address).read(QUESTION, WINDOWS)
    assert server.requests == [
        {"path": "/rerank", "query": QUESTION, "texts": WINDOWS, "raw_scores": False}
    ]


def test_the_key_is_sent_as_a_bearer_token(server: RerankServer) -> None:
    connected(server.address, replace(OPTIONS, endpoint_key="secret")).read(QUESTION, WINDOWS)
    connected(server.address).read(QUESTION, WINDOWS)
    assert server.headers[0]["authorization"] == "Bearer secret"
    assert "authorization" not in server.headers[1]


def test_nothing_is_asked_about_no_windows(reader: Reader, server: RerankServer) -> None:
    assert reader.read(QUESTION, []) == ()
    assert server.requests == []


def test_half_a_surrogate_pair_is_sent_as_a_replacement(
    reader: Reader, server: RerankServer
) -> None:
    assert len(reader.read("\ud800", ["\udfffx", ""])) == 2
    assert server.requests[0]["query"] == "\ufffd"
    assert reader.count_tokens(["\ud800", "", "联合国"]) == [1, 0, 3]


def test_a_window_that_is_left_out_has_no_answer(server: RerankServer) -> None:
    server.change = lambda answer: answer[:2]
    found = connected(server.address).read(QUESTION, WINDOWS)
    assert [each.answerable for each in found] == [0.5, 0.0, 1.0, 0.0]


def test_scores_that_are_no_probabilities_are_bounded(server: RerankServer) -> None:
    server.replies = [(200, b'[{"index": 0, "score": 7.5}, {"index": 1, "score": -3}]')]
    found = connected(server.address).read(QUESTION, WINDOWS[:2])
    assert [each.answerable for each in found] == [1.0, 0.0]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_passing_failure_is_asked_again(
    reader: Reader, server: RerankServer, status: int
) -> None:
    server.replies = [(status, b"busy")]
    assert len(reader.read(QUESTION, WINDOWS)) == 4
    assert len(server.requests) == 2


def test_a_failure_that_stays_is_one_error(reader: Reader, server: RerankServer) -> None:
    server.replies = [(500, b"out of memory")] * 2
    with pytest.raises(ReaderError, match=r"rerank endpoint .* failed 2 times \(status 500: out"):
        reader.read(QUESTION, WINDOWS)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422])
def test_a_refusal_is_not_asked_again(reader: Reader, server: RerankServer, status: int) -> None:
    server.replies = [(status, b"no")]
    with pytest.raises(ReaderError, match=f"status {status}: no"):
        reader.read(QUESTION, WINDOWS)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        "results",
        {},
        {"results": None},
        {"results": [1]},
        {"results": ["index"]},
        [[]],
        [{"score": 0.5}],
        [{"index": 0}],
        [{"index": 0, "score": None}],
        [{"index": 0, "score": "high"}],
        [{"index": 4, "score": 0.5}],
        [{"index": -1, "score": 0.5}],
        [{"index": 0.5, "score": 0.5}],
        [{"index": "0", "score": 0.5}],
        [{"index": 0, "score": float("nan")}],
        [{"index": 0, "score": float("inf")}],
        [{"index": 0, "score": 10**400}],
    ],
)
def test_an_answer_that_is_no_scores_is_one_error(
    reader: Reader, server: RerankServer, answer: object
) -> None:
    server.replies = [(200, json.dumps(answer).encode())]
    with pytest.raises(ReaderError, match="answers with something that is not scores"):
        reader.read(QUESTION, WINDOWS)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b'{"results": [', b"[" * 100_000])
def test_an_answer_that_is_no_json_is_one_error(
    reader: Reader, server: RerankServer, body: bytes
) -> None:
    server.replies = [(200, body)]
    with pytest.raises(ReaderError, match="answers with something that is not scores"):
        reader.read(QUESTION, WINDOWS)


def test_an_endpoint_that_is_not_there_is_one_error(server: RerankServer) -> None:
    reader = connected(server.address)
    server.close()
    with pytest.raises(ReaderError, match="failed 2 times"):
        reader.read(QUESTION, WINDOWS)


@pytest.mark.parametrize("address", ["http://", "http://#m", "https://[", "http://x y/"])
def test_an_address_that_is_none_is_one_error(address: str) -> None:
    with pytest.raises(ReaderError, match="Check the address"):
        connected(address).read(QUESTION, WINDOWS)


def test_it_is_known_by_its_address(server: RerankServer) -> None:
    first, again, other = (connected(f"{server.address}#{model}") for model in ("a", "a", "b"))
    assert first.name == f"{server.address}#a"
    assert first.digest == again.digest != other.digest
    assert server.requests == []

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from embeddings import EncoderOptions
from reading import Reader, load_reader
from tests.unit.reading.rerank_server import RerankServer

OPTIONS = EncoderOptions(endpoint_timeout=20, question_cache=2)
QUESTION = "the capital is Lima"


@pytest.fixture
def server() -> Iterator[RerankServer]:
    serving = RerankServer()
    yield serving
    serving.close()


def connected(server: RerankServer, options: EncoderOptions = OPTIONS) -> Reader:
    loaded = load_reader(server.address, options)
    assert loaded is not None
    return loaded


def texts_of(server: RerankServer) -> list[list[str]]:
    return [each["texts"] for each in server.requests]


def test_only_what_is_new_is_read(server: RerankServer) -> None:
    reader = connected(server)
    first = reader.read(QUESTION, ["Lima is big", "capital"])
    again = reader.read(QUESTION, ["capital", "nothing", "Lima is big"])
    assert [again[2], again[0]] == first
    assert again[1].answerable == 0
    assert texts_of(server) == [["Lima is big", "capital"], ["nothing"]]


def test_a_window_is_read_anew_for_another_question(server: RerankServer) -> None:
    reader = connected(server)
    assert reader.read(QUESTION, ["Lima is big"])[0].answerable == 0.5
    assert reader.read("who was it", ["Lima is big"])[0].answerable == 0
    assert len(server.requests) == 2


def test_a_window_that_stands_twice_is_read_once(server: RerankServer) -> None:
    first, second = connected(server).read(QUESTION, ["capital", "capital"])
    assert first == second
    assert texts_of(server) == [["capital"]]


def test_the_least_recently_read_goes_first(server: RerankServer) -> None:
    reader = connected(server)
    windows = [f"window {number}" for number in range(12)]
    for window in (*windows, windows[0], "another", windows[0]):
        reader.read(QUESTION, [window])
    assert len(server.requests) == 13
    reader.read(QUESTION, [windows[1]])
    assert len(server.requests) == 14


def test_a_very_long_window_is_not_remembered(server: RerankServer) -> None:
    reader = connected(server)
    for _ in range(2):
        reader.read(QUESTION, ["capital " * 250])
    assert len(server.requests) == 2


def test_nothing_is_remembered_where_no_question_is(server: RerankServer) -> None:
    reader = connected(server, replace(OPTIONS, question_cache=0))
    for _ in range(2):
        reader.read(QUESTION, ["capital"])
    assert len(server.requests) == 2

"""Answers: said in the question's language, abstained from, or written by a chat model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Collection, ask, search
from rag.answering.chat import Chat
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event

ASKED = "Việt Nam gia nhập ASEAN năm nào?"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    server = ChatServer()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        (ASKED, "Theo "),
        ("越南哪一年加入东盟？", "根据"),
        ("When did Viet Nam join ASEAN?", "According to "),
    ],
)
def test_quotes_are_said_in_the_questions_language(
    sample: Collection, question: str, begins: str
) -> None:
    answer = ask(sample, question)
    assert not answer.abstained
    assert all(line.startswith(begins) for line in answer.answer.split("\n"))


def test_below_the_threshold_the_nearest_passages_are_shown_as_such(sample: Collection) -> None:
    answer = ask(sample, ASKED, abstain_below=1.0)
    assert answer.abstained
    assert answer.answer.startswith("Bộ sưu tập không có câu trả lời")
    assert answer.citations
    assert not ask(sample, "Công thức nấu phở bò gia truyền?", abstain_below=0).abstained


def test_quotes_do_not_say_the_same_twice(sample: Collection) -> None:
    quotes = [citation.quote for citation in ask(sample, ASKED).citations]
    for one in quotes:
        assert not any(one != other and one in other for other in quotes)


def test_the_own_language_may_be_preferred(sample: Collection) -> None:
    fair, own = search(sample, ASKED, k=20), search(sample, ASKED, k=20, prefer="own")
    places = [sum(hit.rank for hit in found.hits if hit.language == "vi") for found in (fair, own)]
    assert sum(h.language == "vi" for h in own.hits) >= sum(h.language == "vi" for h in fair.hits)
    assert own.hits[0].language == "vi"
    assert places[0] != places[1] or [h.language for h in fair.hits[:5]] == ["vi"] * 5


def test_a_chat_model_writes_what_it_can_prove(sample: Collection, server: ChatServer) -> None:
    hit = ask(sample, ASKED).hits[0]
    quote = hit.evidence[0].quote
    text = f"{quote} [1] Có 400 nước tham gia lễ kết nạp. [1] Không có nguồn."
    server.script = lambda send: send(event(text) + event(None, "stop") + DONE)
    answer = ask(sample, ASKED, chat=Chat.at(server.address))
    assert answer.written_by == "some-model"
    assert answer.notice is None
    assert quote in answer.answer
    assert "400" not in answer.answer
    assert "Không có nguồn" not in answer.answer
    (citation,) = answer.citations
    assert citation.article_id == hit.article_id
    assert "[1]" in answer.answer


def test_the_quotes_stand_where_nothing_is_proven_or_nobody_answers(
    sample: Collection, server: ChatServer
) -> None:
    server.script = lambda send: send(event("Tôi nghĩ là năm 1990.", "stop") + DONE)
    plain = ask(sample, ASKED)
    unproven = ask(sample, ASKED, chat=Chat.at(server.address))
    assert unproven.answer == plain.answer
    assert unproven.notice
    server.status = 500
    failed = ask(sample, ASKED, chat=Chat.at(server.address))
    assert failed.answer == plain.answer
    assert failed.notice
    assert failed.written_by is None


def test_nothing_is_written_where_there_is_no_answer(
    sample: Collection, server: ChatServer
) -> None:
    assert ask(sample, ASKED, abstain_below=1.0, chat=Chat.at(server.address)).abstained
    assert not server.requests

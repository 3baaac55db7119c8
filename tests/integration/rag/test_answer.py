"""Answers: in the question's language, with abstention, or written by a chat model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Collection, ask, search
from rag.answering.chat import Chat
from tamngu.records.request import AskRequest, SearchRequest
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
def test_quotes_are_introduced_in_the_questions_language(
    sample: Collection, question: str, begins: str
) -> None:
    answer = ask(sample, question)
    assert not answer.abstained
    quoted = [line for line in answer.answer.split("\n") if "“" in line]
    assert len(quoted) == len(answer.citations)
    assert all(line.startswith(begins) for line in quoted)


def test_confidence_does_not_depend_on_how_many_passages_are_shown(sample: Collection) -> None:
    few, many = (ask(sample, AskRequest(ASKED, top_k=k)) for k in (1, 10))
    assert len(few.hits) == 1
    assert few.confidence == many.confidence


def test_below_the_threshold_the_answer_abstains_and_shows_the_nearest_passages(
    sample: Collection,
) -> None:
    answer = ask(sample, AskRequest(ASKED, abstain_below=1.0))
    assert answer.abstained
    assert answer.answer.startswith("Bộ sưu tập không có câu trả lời")
    assert answer.citations
    assert not ask(
        sample, AskRequest("Công thức nấu phở bò gia truyền?", abstain_below=0)
    ).abstained


def test_no_quote_repeats_another(sample: Collection) -> None:
    quotes = [citation.quote for citation in ask(sample, ASKED).citations]
    for one in quotes:
        assert not any(one != other and one in other for other in quotes)


def test_the_questions_language_can_be_preferred(sample: Collection) -> None:
    fair, own = (
        search(sample, SearchRequest(ASKED, top_k=20)),
        search(sample, SearchRequest(ASKED, top_k=20, prefer="own")),
    )
    places = [sum(hit.rank for hit in found.hits if hit.language == "vi") for found in (fair, own)]
    assert sum(h.language == "vi" for h in own.hits) >= sum(h.language == "vi" for h in fair.hits)
    assert own.hits[0].language == "vi"
    assert places[0] != places[1] or [h.language for h in fair.hits[:5]] == ["vi"] * 5


def test_only_proven_sentences_of_a_chat_model_are_kept(
    sample: Collection, server: ChatServer
) -> None:
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
    # The short answer keeps its proof, which the model need not have cited.
    citation, *proofs = answer.citations
    assert citation.article_id == hit.article_id
    assert [each.marker for each in proofs] == [
        marker for short in answer.answers for marker in short.citations if marker != "1"
    ]
    assert "[1]" in answer.answer


def test_the_answer_is_the_quotes_if_nothing_is_proven_or_the_chat_model_fails(
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


def test_the_chat_model_is_not_asked_when_the_answer_abstains(
    sample: Collection, server: ChatServer
) -> None:
    assert ask(sample, AskRequest(ASKED, abstain_below=1.0), chat=Chat.at(server.address)).abstained
    assert not server.requests

"""Follow-up questions are completed with what the question before them names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.data_files import toml_data, tsv_rows
from rag.text.follow_ups.completion import complete
from rag.text.follow_ups.parts import even, parts_of

RICE = "Việt Nam xuất khẩu bao nhiêu gạo năm 2020?"
JOINED = "Việt Nam gia nhập ASEAN năm nào?"


@pytest.mark.parametrize(
    ("earlier", "question", "completed"),
    [
        (RICE, "còn năm 2019?", "Việt Nam xuất khẩu bao nhiêu gạo năm 2019?"),
        (RICE, "Thế còn năm 2019 thì sao?", "Việt Nam xuất khẩu bao nhiêu gạo năm 2019?"),
        (RICE, "con nam 2019?", "Việt Nam xuất khẩu bao nhiêu gạo nam 2019?"),
        (RICE, "Năm 2019?", "Việt Nam xuất khẩu bao nhiêu gạo Năm 2019?"),
        (RICE, "Còn Thái Lan?", "Thái Lan xuất khẩu bao nhiêu gạo năm 2020?"),
        (RICE, "Thái Lan thì sao?", "Thái Lan xuất khẩu bao nhiêu gạo năm 2020?"),
        (RICE, "Còn Thái Lan năm 2018?", "Thái Lan xuất khẩu bao nhiêu gạo năm 2018?"),
        (RICE, "còn cà phê?", f"cà phê: {RICE}"),
        (JOINED, "Còn Indonesia?", "Indonesia gia nhập ASEAN năm nào?"),
        (JOINED, "Còn WTO?", "Việt Nam gia nhập WTO năm nào?"),
        (JOINED, "Còn Lào gia nhập khi nào?", "Lào gia nhập khi nào (ASEAN)"),
        (
            "Nguyễn Xuân Phúc làm thủ tướng từ năm nào?",
            "Khi nào ông ấy từ chức?",
            "Khi nào ông ấy từ chức? (Nguyễn Xuân Phúc)",
        ),
        (
            "Việt Nam trúng cử Hội đồng Nhân quyền khi nào?",
            "Bao nhiêu phiếu?",
            "Bao nhiêu phiếu? (Việt Nam, Hội đồng Nhân quyền)",
        ),
        ("越南何时加入东盟？", "那印尼呢？", "印尼何时加入东盟?"),
        ("越南何時加入東盟？", "那印尼呢？", "印尼何時加入東盟?"),
        ("2020年越南出口了多少大米？", "那2019年呢？", "2019年越南出口了多少大米?"),
        ("越南出口了多少大米？", "2019年呢？", "2019年越南出口了多少大米?"),
        ("越南出口了多少大米？", "去年呢？", "去年越南出口了多少大米?"),
        ("习近平什么时候访问越南？", "他见了谁？", "他见了谁? (习近平, 越南)"),
        ("越南何时加入东盟？", "至于世贸组织呢？", "越南何时加入世贸组织?"),
        (
            "How much rice did Vietnam export in 2020?",
            "and in 2019?",
            "How much rice did Vietnam export in 2019?",
        ),
        (
            "How much rice did Vietnam export in 2020?",
            "What about Thailand?",
            "How much rice did Thailand export in 2020?",
        ),
        (
            "How much rice did Vietnam export?",
            "And in March 2019?",
            "How much rice did Vietnam export in March 2019?",
        ),
        (
            "When did Barack Obama visit Hanoi?",
            "Who did he meet there?",
            "Who did he meet there? (Barack Obama, Hanoi)",
        ),
        (JOINED, "那印尼呢？", "Indonesia gia nhập ASEAN năm nào?"),
        (JOINED, "And Laos?", "Lào gia nhập ASEAN năm nào?"),
        (RICE, "那2019年呢？", "Việt Nam xuất khẩu bao nhiêu gạo năm 2019?"),
        ("越南何时加入东盟？", "And Indonesia?", "印度尼西亚何时加入东盟?"),
    ],
)
def test_a_follow_up_is_completed(earlier: str, question: str, completed: str) -> None:
    assert complete(question, [earlier]).question == completed


@pytest.mark.parametrize(
    "question",
    [
        "Giá cà phê ở Đắk Lắk hôm qua là bao nhiêu đồng một cân?",
        "Lào gia nhập ASEAN năm nào?",
        "聯合國秘書長是哪国人？",
        "Which countries signed the Hanoi Convention?",
        "谁是东盟现任秘书长？",
        "Con trai của Bill Gates tên là gì?",
    ],
)
def test_a_question_that_stands_for_itself_stays(question: str) -> None:
    found = complete(question, [RICE])
    assert (found.question, found.carried) == (question, ())


def test_what_is_carried_is_said_by_its_kind() -> None:
    carried = complete("còn năm 2019?", [RICE]).carried
    assert [(each.text, each.kind) for each in carried] == [
        ("Việt Nam", "name"),
        ("xuất khẩu bao nhiêu gạo", "words"),
    ]
    carried = complete("那印尼呢？", ["2020年越南出口了多少大米？"]).carried
    assert [(each.text, each.kind) for each in carried] == [
        ("2020年", "period"),
        ("出口了多少大米", "words"),
    ]


def test_what_is_refused_is_not_carried() -> None:
    found = complete("còn năm 2019?", [RICE], without=["việt nam"])
    assert found.question == "xuất khẩu bao nhiêu gạo năm 2019?"
    assert [each.text for each in found.carried] == ["xuất khẩu bao nhiêu gạo"]
    words = complete("còn năm 2019?", [RICE], without=["xuất khẩu bao nhiêu gạo"])
    assert words.question == "Việt Nam năm 2019?"
    nothing = complete("còn năm 2019?", [RICE], ["Việt Nam", "xuất khẩu bao nhiêu gạo"])
    assert (nothing.question, nothing.carried) == ("còn năm 2019?", ())


def test_a_thread_is_followed_from_its_beginning() -> None:
    earlier = [RICE, "còn năm 2019?", "Thái Lan thì sao?"]
    assert complete("và năm 2018?", earlier).question == (
        "Thái Lan xuất khẩu bao nhiêu gạo năm 2018?"
    )
    other = complete("năm 2018?", [*earlier, "越南何时加入东盟？"]).question
    assert other == "2018年越南何时加入东盟?"


def test_nothing_is_carried_without_an_earlier_question_or_from_an_endless_one() -> None:
    assert complete("còn năm 2019?", []).question == "còn năm 2019?"
    assert complete("còn năm 2019?", ["x " * 1000]).question == "còn năm 2019?"


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_texts_are_taken(question: str, earlier: str) -> None:
    found = complete(question, [earlier])
    assert found.carried or found.question == question


@given(st.text(max_size=120))
def test_parts_lie_in_the_question_and_apart(text: str) -> None:
    question = even(text)
    end = 0
    for part in parts_of(question):
        assert end <= part.start < part.end <= len(question)
        end = part.end


def test_names_with_a_kind_are_known_names() -> None:
    known = {
        name
        for names in toml_data("rag.text.follow_ups", "name_kinds.toml").values()
        for name in names
    }
    first = {row[0].split(";")[0] for row in tsv_rows("rag.text.names", "names.tsv")}
    assert known <= first

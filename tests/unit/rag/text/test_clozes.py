"""Questions are made of sentences that stand for themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.clozes.questions import questions_of


@pytest.mark.parametrize(
    ("sentence", "language", "question"),
    [
        ("Lào gia nhập ASEAN năm 1997.", "vi", "Lào gia nhập ASEAN năm nào?"),
        (
            "Timor-Leste gia nhập ASEAN ngày 26/10/2025.",
            "vi",
            "Timor-Leste gia nhập ASEAN ngày nào?",
        ),
        (
            "Việt Nam được 192 phiếu ở Đại hội đồng Liên Hợp Quốc.",
            "vi",
            "Việt Nam được bao nhiêu phiếu ở Đại hội đồng Liên Hợp Quốc?",
        ),
        ("越南于1995年加入东盟组织。", "zh", "越南于哪一年加入东盟组织？"),
        ("越南獲得192票並當選聯合國安理會成員。", "zh", "越南獲得多少票並當選聯合國安理會成員？"),
        (
            "Laos joined ASEAN together with Myanmar in 1997.",
            "en",
            "Laos joined ASEAN together with Myanmar in which year?",
        ),
    ],
)
def test_a_date_or_a_number_is_asked_for(sentence: str, language: str, question: str) -> None:
    assert next(questions_of(sentence, language)) == question


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Ông ấy rời Việt Nam năm 1997 và không trở lại nữa.", "vi"),
        ("Tuy nhiên, Lào gia nhập ASEAN năm 1997.", "vi"),
        ("Năm 1997 là một năm có rất nhiều thay đổi lớn.", "vi"),
        ("Lào gia nhập ASEAN năm 1997 hay năm 1998?", "vi"),
        ("Lào (nước láng giềng) gia nhập ASEAN năm 1997.", "vi"),
        ("Lào gia nhập ASEAN năm 1997", "vi"),
        ("Việt Nam tăng 5% so với kỳ trước đây.", "vi"),
        ("Đại hội Đảng lần thứ 13 họp ở Hà Nội tuần này.", "vi"),
        ("他于1995年访问越南首都河内。", "zh"),
        ("It joined ASEAN in 1997 together with Myanmar.", "en"),
        ("Лаос вступил в АСЕАН в 1997 году вместе с Мьянмой.", "ru"),
        ("Short 1997.", "en"),
    ],
)
def test_a_sentence_that_does_not_stand_for_itself_makes_no_question(
    sentence: str, language: str
) -> None:
    assert list(questions_of(sentence, language)) == []


@given(st.text(max_size=200), st.sampled_from(["vi", "zh", "en", "fr"]))
def test_any_text_is_taken(text: str, language: str) -> None:
    for question in questions_of(text, language):
        assert question.endswith(("?", "？"))

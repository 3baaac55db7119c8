from __future__ import annotations

import pytest

from rag.answering.question_kind import kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Diễn biến vụ việc ra sao?", "timeline"),
        ("dien bien vu viec ra sao", "timeline"),
        ("Give me a timeline of the talks", "timeline"),
        ("A chronology of the crisis", "timeline"),
        ("谈判的时间线", "timeline"),
        ("事件的來龍去脈是什麼？", "timeline"),
        ("Số phiếu mới nhất là bao nhiêu?", "latest"),
        ("so phieu moi nhat", "latest"),
        ("What is the LATEST vote?", "latest"),
        ("The most recent summit was where?", "latest"),
        ("最新的票数是多少？", "latest"),
        ("最近一次峰會在哪裡？", "latest"),
        ("So sánh GDP của Lào và Campuchia", "comparison"),
        ("GDP Lào khác gì Campuchia?", "comparison"),
        ("How does Laos compare? Laos vs. Cambodia", "comparison"),
        ("What is the difference between ASEAN and the EU?", "comparison"),
        ("老挝和柬埔寨的區別", "comparison"),
        ("Who won?", None),
        ("Ai thắng cử?", None),
        ("谁当选了？", None),
        ("", None),
        # Words that only look like the others.
        ("Who translated the latests?", None),
        ("Why is he indifferent?", None),
        ("Ông ấy mới làm gì?", None),
        ("Which canvas did he paint?", None),
    ],
)
def test_the_kind_is_told_by_its_words(question: str, kind: str | None) -> None:
    assert kind_of(question) == kind


def test_a_timeline_may_be_of_the_latest_events() -> None:
    assert kind_of("Timeline of the latest talks") == "timeline"

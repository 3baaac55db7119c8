from __future__ import annotations

import pytest

from rag.text.provisions.asked import asked_provision
from rag.text.provisions.in_text import provision_text
from rag.text.provisions.named import Provision

MARKET = """Luật Chợ phiên

Mục lục
Điều 1. Phạm vi
Điều 2. Phí
Điều 3. Giờ họp

Chương I. Quy định chung

Điều 1. Phạm vi

Luật này nói về chợ ở xã.

Điều 2. Phí

1. Phí không quá mười nghìn đồng.
2. Hộ nghèo được miễn phí.

Chương II. Giờ giấc

Điều 3. Giờ họp

Chợ họp buổi sáng. Ai đến muộn theo
Điều 2 của Luật này thì nộp thêm phí.

Điều 3a. Ngày nghỉ

Chợ nghỉ ngày mồng một.

Phụ lục I

Mẫu đơn.
"""
FERRY = """渡口條例

第一章　總則

第一條　本條例管理渡口。

第二條　船主應當在船頭寫明人數。
大風天停航。

第二條之一　夜間不得開船。

第二章　罰則

第三條　違反
第二條規定的，罰款一百元。
"""
ROOMS = """# Charter of the Rooms

## Article 1

A room is open on four days.

**Article 2. Loans**

(1) A book is lent for three weeks.
(2) It may be renewed once.

Art. 3 – Fees

No fee is taken.

Article IV

This Charter begins in May.
"""


@pytest.mark.parametrize(
    ("question", "number"),
    [
        *(("Điều 3 quy định gì?", "3"), ("điều 3 nói gì", "3"), ("Nội dung Điều 03", "3")),
        *(("第三条说什么？", "3"), ("第3條說什麼？", "3"), ("第十三条的内容", "13")),
        *(("What does Article 3 say?", "3"), ("Art. 3", "3"), ("Article III?", "3")),
        *(
            ("Điều 3a là gì?", "3a"),
            ("第三条之一规定什么", "3-1"),
            ("第一百二十条规定了什么", "120"),
        ),
    ],
)
def test_an_article_is_asked_for_by_its_number(question: str, number: str) -> None:
    asked = asked_provision(question)
    assert asked is not None
    assert asked.provision == Provision("article", number)
    assert asked.for_text
    assert asked.rest == ""


@pytest.mark.parametrize(
    "question",
    [
        *("Which states invoked Article 5?", "Ai vi phạm Điều 5?", "Khi nào Điều 5 có hiệu lực?"),
        *("谁违反了第五条？", "第五条何时修改？", "When was Article 5 changed?"),
    ],
)
def test_who_and_when_are_not_asked_for_the_text_of_an_article(question: str) -> None:
    asked = asked_provision(question)
    assert asked is not None
    assert not asked.for_text


@pytest.mark.parametrize(
    "question",
    ["Điều gì xảy ra?", "the part I played", "三条路通到哪里？", "an article of 3 pages"],
)
def test_other_questions_name_no_provision(question: str) -> None:
    assert asked_provision(question) is None


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        (MARKET, "第一条", "Luật này nói về chợ ở xã."),
        (MARKET, "Điều 2", "1. Phí không quá mười nghìn đồng.\n2. Hộ nghèo được miễn phí."),
        (MARKET, "khoản 2 Điều 2", "2. Hộ nghèo được miễn phí."),
        (MARKET, "Article 3a", "Chợ nghỉ ngày mồng một."),
        (FERRY, "Điều 1", "第一條　本條例管理渡口。"),
        (FERRY, "第2条", "第二條　船主應當在船頭寫明人數。\n大風天停航。"),
        (FERRY, "第二条第二款", "大風天停航。"),
        (FERRY, "第二條之一", "第二條之一　夜間不得開船。"),
        (ROOMS, "第一条", "A room is open on four days."),
        (ROOMS, "Article 2(2)", "(2) It may be renewed once."),
        (ROOMS, "Điều 3", "No fee is taken."),
        (ROOMS, "Article 4", "This Charter begins in May."),
    ],
    ids=lambda each: each[:20] if "\n" not in each else "",
)
def test_a_provision_is_what_stands_below_its_heading(
    text: str, question: str, expected: str
) -> None:
    asked = asked_provision(question)
    assert asked is not None
    assert [span.of(text) for span in provision_text(text, asked)] == [expected]


def test_a_number_at_the_beginning_of_a_wrapped_line_is_no_heading() -> None:
    asked = asked_provision("Điều 3")
    assert asked is not None
    (found,) = provision_text(MARKET, asked)
    assert found.of(MARKET).endswith("thì nộp thêm phí.")


def test_a_chapter_ends_where_the_next_one_begins() -> None:
    asked = asked_provision("Chương 2 gồm những gì?")
    assert asked is not None
    (chapter,) = provision_text(MARKET, asked)
    assert chapter.of(MARKET).startswith("Điều 3. Giờ họp")
    assert chapter.of(MARKET).endswith("Chợ nghỉ ngày mồng một.")


def test_a_text_without_the_number_has_no_place() -> None:
    asked = asked_provision("Điều 40 nói gì?")
    assert asked is not None
    assert provision_text(MARKET, asked) == []

"""Articles of laws are asked for by their numbers, in the forms of the three languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.answering.ask import ask
from rag.collection.collection import Collection
from rag.ingestion.pipeline import ingest
from rag.isolation.read_path import read_path
from tamngu.records.answer import Answer

LAWS = {
    "cho.md": """# Luật Chợ phiên

Điều 1. Phạm vi

Luật này nói về chợ ở các xã miền núi.

Điều 2. Ban quản lý

Ban quản lý có từ ba đến bảy người do xã cử ra. Mỗi phiên chợ có hai người trực.

Điều 3. Giờ họp

Chợ họp từ năm giờ sáng đến mười một giờ trưa.

Điều 4. Phạt

Ai vi phạm Điều 3 thì nộp phạt hai mươi nghìn đồng.
""",
    "du.txt": """渡口管理条例

第一条　为了保证乘客安全，制定本条例。

第二条　渡船每次载客不得超过三十人。

第三条　遇到大风时，渡船应当停航。

第四条　违反第三条规定的，处一千元以下罚款。
""",
    "rooms.txt": """Charter of the Village Reading Rooms

Article 1

A room is open on at least four days of the week.

Article 2

Books are lent for three weeks.

Article 3

The librarian keeps a list of all books and shows it to anyone who asks.

Article 4

Fees are taken as Article 3 of the Charter of the Town allows.
""",
}


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Collection]:
    folder: Path = tmp_path_factory.mktemp("laws")
    for name, text in LAWS.items():
        (folder / name).write_text(text, encoding="utf-8")
    collection = Collection.open_or_create(tmp_path_factory.mktemp("home"), "laws", encoder)
    assert not ingest(collection, read_path(folder)).rejected
    yield collection
    collection.close()


def first_quote(answer: Answer) -> str:
    assert not answer.abstained
    return answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("Điều 3 quy định gì?", "Chợ họp từ năm giờ sáng đến mười một giờ trưa."),
        ("dieu 3 quy dinh gi", "Chợ họp từ năm giờ sáng đến mười một giờ trưa."),
        ("第三条说什么？", "第三条　遇到大风时，渡船应当停航。"),
        ("第三條說什麼？", "第三条　遇到大风时，渡船应当停航。"),
        ("What does Article 3 say?", "The librarian keeps a list of all books"),
        ("Art. 3", "The librarian keeps a list of all books"),
        ("Article 2 of the Village Reading Rooms", "Books are lent for three weeks."),
        ("Điều 2 Luật Chợ phiên nói gì?", "Ban quản lý có từ ba đến bảy người do xã cử ra. Mỗi"),
        ("渡口管理条例第二条规定了什么？", "第二条　渡船每次载客不得超过三十人。"),
    ],
)
def test_an_article_asked_for_by_its_number_is_quoted_first(
    laws: Collection, question: str, quoted: str
) -> None:
    assert first_quote(ask(laws, question)).startswith(quoted)


def test_articles_of_that_number_in_other_languages_are_quoted_too(laws: Collection) -> None:
    quotes = [each.quote for each in ask(laws, "Điều 3 quy định gì?").citations]
    assert {quote[:3] for quote in quotes[1:]} == {"第三条", "The"}


def test_a_question_within_an_article_is_answered_from_it(laws: Collection) -> None:
    assert "ba đến bảy người" in first_quote(ask(laws, "Theo Điều 2, ban quản lý có mấy người?"))


def test_what_breaks_an_article_is_not_looked_for_in_its_text(laws: Collection) -> None:
    answer = ask(laws, "Ai vi phạm Điều 3 thì nộp phạt bao nhiêu?")
    assert "hai mươi nghìn đồng" in first_quote(answer)


def test_a_number_that_no_law_has_lifts_nothing(laws: Collection) -> None:
    assert all("provision" not in hit.parts for hit in ask(laws, "Điều 40 quy định gì?").hits)

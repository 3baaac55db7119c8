from __future__ import annotations

import json
import unicodedata

import pytest

from rag.language import UNKNOWN, Language, identify, parse_tag
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Việt Nam gia nhập Liên Hợp Quốc năm nào?", Language("vi")),
        ("Ai là Võ Nguyên Giáp?", Language("vi")),
        ("越南什么时候加入联合国？", Language("zh", "Hans")),
        ("越南甚麼時候加入聯合國？", Language("zh", "Hant")),
        ("António Guterres 是谁？", Language("zh", "Hans")),
        ("When did Viet Nam join the United Nations?", Language("en")),
        ("What does 联合国 mean?", Language("en")),
        ("Who did Hà Kim Ngọc meet in New York?", Language("en")),
        ("国連にベトナムが加盟したのはいつですか", Language("ja")),
        ("베트남은 언제 유엔에 가입했습니까?", Language("ko")),
        ("Quand le Vietnam a-t-il rejoint les Nations unies ?", Language("fr")),
        ("12/12 !?", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_languages_are_told_apart(text: str, expected: Language) -> None:
    assert identify(text) == expected


def test_decomposed_vietnamese_is_vietnamese() -> None:
    text = unicodedata.normalize("NFD", "Đại hội đồng thông qua nghị quyết")
    assert identify(text).code == "vi"


def test_the_same_text_always_gives_the_same() -> None:
    assert len({identify("Tesla die gift rat") for _ in range(50)}) == 1


@pytest.mark.parametrize("tag", ["", "x", "1234", "../vi", "vi nam"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="no language tag"):
        parse_tag(tag)


@pytest.mark.parametrize(("language", "floor"), [("vi", 0.995), ("zh", 0.995), ("en", 0.98)])
def test_questions_of_xquad_are_recognised(language: str, floor: float) -> None:
    path = SHARED / "data" / "xquad" / f"xquad.{language}.json"
    if not path.is_file():
        pytest.skip("XQuAD is not beside the repository")
    found = [
        identify(question["question"]).code == language
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    assert sum(found) / len(found) >= floor

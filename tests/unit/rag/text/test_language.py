from __future__ import annotations

import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import UNKNOWN, identify
from tamngu.records.language import Language, parse_tag
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
    with pytest.raises(ValueError, match="not a language tag"):
        parse_tag(tag)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tong thu ky Lien Hop Quoc tham Viet Nam", "vi"),
        ("Ha Noi o dau", "vi"),
        ("Ai da gianh Super Bowl XLIX?", "vi"),
        ("GIA VANG HOM NAY BAO NHIEU", "vi"),
        ("to be or not to be", "en"),
        ("Can I go on", "en"),
        ("Who is Ho Chi Minh?", "en"),
        ("an inn on a hill", "en"),
    ],
)
def test_vietnamese_without_diacritics_is_told_by_its_syllables(text: str, code: str) -> None:
    assert identify(text).code == code


@pytest.mark.parametrize("text", ["e0o\ud800h1c5n a r", "\udfff", "xin chào \ud800 các bạn"])
def test_half_of_a_surrogate_pair_is_no_obstacle(text: str) -> None:
    assert parse_tag(identify(text).code)


@given(st.text(max_size=200))
def test_any_text_has_a_code_that_is_a_tag(text: str) -> None:
    code = identify(text).code
    assert code == "und" or parse_tag(code).code == code


def _questions(language: str) -> list[str]:
    """Return XQuAD's questions and, for vi and en, UD's sentences."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the public sets are not beside the repository")
    known = json.loads((folder / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))
    texts = [
        question["question"]
        for article in known["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    treebanks = {"vi": "*Vietnamese*", "zh": "*Chinese*", "en": "*English*"}
    for path in sorted((folder / "ud").glob(f"{treebanks[language]}/*.conllu")):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts += [line.removeprefix("# text = ") for line in lines if line.startswith("# text = ")]
    return texts


@pytest.mark.parametrize("language", ["vi", "zh", "en"])
def test_public_questions_and_sentences_are_recognised(language: str) -> None:
    texts = _questions(language)
    started = time.process_time()
    found = [identify(text).code == language for text in texts]
    assert (time.process_time() - started) / len(texts) < 0.0002
    assert sum(found) / len(found) >= 0.998


def test_public_vietnamese_is_recognised_without_its_diacritics() -> None:
    bare = [_bare(text) for text in _questions("vi")]
    found = [identify(text).code == "vi" for text in bare]
    assert sum(found) / len(found) >= 0.985


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))

"""Short questions: topics, names, foods and institutions, as people type them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.language.labelled_texts import TextSets, own_sets
from rag.text.language import UNKNOWN, identify
from tamngu.records.language import Language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # Letters that French, Italian and Portuguese have too.
        ("cá kho", "vi"),
        ("lòng mề", "vi"),
        ("xe lôi", "vi"),
        ("bão Noru", "vi"),
        ("Ý", "vi"),
        ("Tết!", "vi"),
        ("hoà giải", "vi"),
        ("hòa giải", "vi"),
        ("THUỶ SẢN", "vi"),
        # Without diacritics.
        ("ca kho", "vi"),
        ("gia dien", "vi"),
        ("thu do nuoc Lao", "vi"),
        ("BAO LUT", "vi"),
        ("Quang Ninh", "vi"),
        # Beside words of other languages.
        ("giá Bitcoin", "vi"),
        ("IMF cho vay", "vi"),
        ("tour Đà Lạt", "vi"),
        ("trang web", "vi"),
        ("欧盟 là gì", "vi"),
        # English nouns, some of which could be Vietnamese syllables.
        ("rat", "en"),
        ("song", "en"),
        ("day", "en"),
        ("hot soup", "en"),
        ("loan rates", "en"),
        ("Rice", "en"),
        ("RECESSION", "en"),
        ("Hội An lanterns", "en"),
        ("Quang Ninh floods", "en"),
        ("EU sanctions", "en"),
        # Chinese with Latin words in it, and single characters.
        ("米", "zh"),
        ("AI 法案", "zh"),
        ("iPad 售价", "zh"),
        ("wifi 安全", "zh"),
        ("WTO 改革", "zh"),
        ("phở 是什么", "zh"),
        ("「關稅」", "zh"),
    ],
)
def test_a_few_words_are_of_their_language(text: str, code: str) -> None:
    assert identify(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("grève des trains", "fr"),
        ("inflação", "pt"),
        ("sequía", "es"),
        ("elezioni comunali", "it"),
        ("Arbeitslosigkeit", "de"),
        ("harga beras", "id"),
        ("Pemilihan gubernur", "id"),
        ("ราคาน้ำมัน", "th"),
        ("цена хлеба", "ru"),
        ("물가", "ko"),
        ("寿司", "zh"),
        ("値上げ", "ja"),
        ("図書館", "ja"),
        ("円高対策", "ja"),
    ],
)
def test_other_languages_are_told_by_a_few_words(text: str, code: str) -> None:
    assert identify(text).code == code


SAME = ["ASEAN", "NATO 2024", "G7", "USD/VND", "VinFast", "iPhone 17", "ＩＭＦ", "TP HCM"]


@pytest.mark.parametrize("text", SAME)
def test_what_is_the_same_everywhere_is_asked_in_a_language_of_the_collection(text: str) -> None:
    assert identify(text).code == "en"
    assert identify(text, ["vi", "en"]).code == "vi"
    assert identify(text, ["zh", "vi"]).code == "vi"
    assert identify(text, ["zh"]).code == "zh"
    assert identify(text, ["th", "fr"]).code == "fr"


def test_numbers_are_asked_in_the_first_language_of_the_collection() -> None:
    assert identify("2024") == UNKNOWN
    assert identify("2024", ["zh", "vi"]).code == "zh"


def test_expected_languages_come_first_where_little_speaks_for_another() -> None:
    assert identify("terremoto").code != "it"
    assert identify("terremoto", ["it"]).code == "it"
    assert identify("terremoto", ["it", "vi", "en"]).code == "it"
    assert identify("東京", ["ja", "vi"]).code == "ja"
    assert identify("東京", ["ja", "zh"]) == Language("zh", "Hant")


def test_clear_evidence_wins_over_expected_languages() -> None:
    assert identify("giá xăng", ["zh", "fr"]).code == "vi"
    assert identify("interest rates", ["vi"]).code == "en"
    assert identify("油价", ["vi", "en"]).code == "zh"


def _accuracy(sets: TextSets, language: str) -> float:
    texts = [
        each
        for name, some in sets.items()
        if name in (f"short, {language}, tuned", f"short, {language}, scored")
        for each in some
    ]
    assert len(texts) == 100
    return sum(identify(each.text).code in each.languages for each in texts) / len(texts)


def test_three_hundred_short_questions_are_recognised() -> None:
    sets = own_sets()
    shares = {language: _accuracy(sets, language) for language in ("vi", "zh", "en")}
    assert min(shares.values()) >= 0.97, shares


def test_short_questions_are_recognised_without_diacritics() -> None:
    texts = [each for name, some in own_sets().items() if "without" in name for each in some]
    assert sum(identify(each.text).code == "vi" for each in texts) / len(texts) >= 0.96


def test_marks_around_a_question_and_its_encoding_change_nothing() -> None:
    texts = [each.text for name, some in own_sets().items() if "short" in name for each in some]
    for text in texts:
        found = identify(text)
        for changed in (f"{text} ?", f"{text}.", f"“{text}”", unicodedata.normalize("NFD", text)):
            assert identify(changed) == found, changed


@given(st.text(alphabet="aàảêếđơưTNhgmc0 -?.ÝÉ", max_size=20), st.sampled_from(["", "vi", "fr"]))
def test_any_few_letters_have_a_language(text: str, expected: str) -> None:
    found = identify(text, [expected] if expected else [])
    assert found.code != "zh"
    assert found == identify(text, [expected] if expected else [])

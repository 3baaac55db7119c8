from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.terms import FIELDS, Terms, terms

LANGUAGES = ("vi", "zh", "en", "fr", "ja", "th", "ko")

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạấầẩẫậéèẻẽẹếềểễệóòỏõọớờởỡợúùủũụứừửữự,.\n")


def _all(found: Terms) -> list[str]:
    return [term for field in FIELDS for term in getattr(found, field)]


def _without_diacritics(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.replace("đ", "d").replace("Đ", "D")


@given(_TEXTS, st.sampled_from(LANGUAGES))
def test_any_text_gives_terms_without_space(text: str, language: str) -> None:
    for term in _all(terms(text, language)):
        assert term
        assert not any(character.isspace() for character in term)
        assert len(term) <= 2 * 64 + 1


@given(_TEXTS, st.sampled_from(LANGUAGES))
def test_composed_and_decomposed_text_give_the_same(text: str, language: str) -> None:
    composed = terms(unicodedata.normalize("NFC", text), language)
    assert composed == terms(unicodedata.normalize("NFD", text), language)


@given(_VIETNAMESE)
def test_folded_terms_and_pairs_are_the_same_with_and_without_diacritics(text: str) -> None:
    typed, bare = terms(text, "vi"), terms(_without_diacritics(text), "vi")
    assert (typed.folded, typed.pairs) == (bare.folded, bare.pairs)


@given(st.lists(st.sampled_from(["hoà", "thuý", "khoẻ", "loã", "hoạ", "quý", "Huế", "ASEAN"])))
def test_a_tone_mark_may_stand_on_either_vowel(syllables: list[str]) -> None:
    moved = str.maketrans({"à": "a", "ý": "y", "ẻ": "e", "ã": "a", "ạ": "a"})
    others = {"hoà": "hòa", "thuý": "thúy", "khoẻ": "khỏe", "loã": "lõa", "hoạ": "họa"}
    for syllable, other in others.items():
        assert syllable.translate(moved) == _without_diacritics(other)
    text = " ".join(syllables)
    assert terms(text, "vi") == terms(" ".join(others.get(one, one) for one in syllables), "vi")


def test_tones_and_letters_still_tell_vietnamese_syllables_apart() -> None:
    syllables = "ma má mà mả mã mạ mă mâ mấ đa da"
    assert len(set(terms(syllables, "vi").words)) == 11


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("聯合國安全理事會通過決議", "联合国安全理事会通过决议"),
        ("越南總理與東協各國領導人會面", "越南总理与东协各国领导人会面"),
        ("ＡＳＥＡＮ　２０２３年高峰會", "asean 2023年高峰会"),
    ],
)
def test_traditional_and_simplified_chinese_give_the_same(
    traditional: str, simplified: str
) -> None:
    assert terms(traditional, "zh") == terms(simplified, "zh")


def test_chinese_gives_words_character_pairs_and_latin_names() -> None:
    assert terms("联合国、东盟（Élan 2023）共3国", "zh") == Terms(
        words=["联合国", "东盟", "élan", "2023", "共", "3", "国"],
        folded=["elan", "2023", "3"],
        pairs=["联合", "合国", "东盟", "elan_2023", "共", "国"],
    )


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_a_chinese_question_gives_its_latin_names_in_other_languages(language: str) -> None:
    found = terms("ASEAN是什么时候成立的？COVID后呢", language)
    assert found.words == found.folded == ["asean", "covid"]
    assert "成立" in found.pairs


def test_english_is_stemmed_and_folded_without_stems() -> None:
    found = terms("The naïve delegates' ELECTIONS", "en")
    assert found.words == ["the", "naïv", "deleg", "elect"]
    assert found.folded == ["the", "naive", "delegates", "elections"]


@pytest.mark.parametrize("mark", [".", ",", "\n", "\r\n", "\u2028", "·", "(", "_"])
def test_pairs_do_not_cross_punctuation_and_line_ends(mark: str) -> None:
    assert terms(f"họp tại{mark}Hà Nội", "vi").pairs == ["hop_tai", "ha_noi"]


def test_scripts_without_spaces_give_character_pairs_and_others_whole_words() -> None:
    assert terms("ไทย", "th") == Terms(pairs=["ไท", "ทย"])
    assert terms("국연 한국", "ko").words == ["국연", "한국"]
    assert terms("हिन्दी", "hi").words == ["हिन्दी"]


def test_long_tokens_are_cut() -> None:
    found = terms("a" * 1000 + " " + "ế" * 1000, "vi")
    assert [len(term) for term in found.folded] == [64, 64]
    assert max(map(len, found.words)) <= 64
    # The segmenter takes rare characters for one long word.
    assert max(map(len, terms("㐀" * 1000, "zh").words)) <= 64


@pytest.mark.parametrize("text", ["", " \n", "?!…", "\x00", "\u0301", "´ ¨", "😀"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_without_letters_and_digits_gives_no_terms(text: str, language: str) -> None:
    assert terms(text, language) == Terms()


def test_many_threads_get_the_same_terms() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: terms("聯合國通過決議 ASEAN", "zh"), range(64)))
    assert all(one == found[0] for one in found)

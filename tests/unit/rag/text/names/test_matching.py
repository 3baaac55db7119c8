from __future__ import annotations

import unicodedata
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.data_files import tsv_rows
from rag.text.names.matching import expansions, mentions, names_in
from rag.text.terms import terms

_LANGUAGES, *_LINES = tsv_rows("rag.text.names", "names.tsv")
_ROWS = [[column.split(";") for column in line] for line in _LINES]
_FORMS = [form for row in _ROWS for column in row for form in column]

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_MADE_OF_FORMS = st.lists(st.sampled_from([*_FORMS, " ", ", ", "\n", "国", "-", "nam"])).map(
    "".join
)


def _english(text: str) -> list[str]:
    return [name.forms["en"][0] for name in names_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        *("LHQ", "Liên Hợp Quốc", "Liên hiệp quốc", "liên hợp quốc", "LIEN HOP QUOC"),
        *("lien hiep quoc", "UN", "U.N.", "United Nations", "united nations", "联合国", "聯合國"),
        *("ＵＮ", "the UN's budget", "(UN)", "去年联合国大楼", "什么是UN？"),
    ],
)
def test_one_name_in_all_its_forms(text: str) -> None:
    assert _english(text) == ["United Nations"]


@pytest.mark.parametrize("text", ["un", "Un", "UNO", "who told us?", "fun", "lhq", "the eu", ""])
def test_an_abbreviation_is_a_word_of_its_own_in_capitals(text: str) -> None:
    assert names_in(text) == []


def test_in_a_text_all_in_capitals_an_abbreviation_that_is_a_word_is_the_word() -> None:
    assert _english("WHO IS THE PRESIDENT OF VIETNAM?") == ["Viet Nam"]
    assert _english("WHO总部") == _english("WHO") == ["World Health Organization"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thành phố Hồ Chí Minh", ["Ho Chi Minh City"]),
        ("TP. Hồ Chí Minh", ["Ho Chi Minh City"]),
        ("tp.hcm", ["Ho Chi Minh City"]),
        ("Hồ Chí Minh", ["Ho Chi Minh"]),
        ("中国人民银行", ["People's Bank of China"]),
        ("美国国务院和国务院", ["United States Department of State", "State Council of China"]),
        ("印度尼西亚、印度洋、印度", ["Indonesia", "Indian Ocean", "India"]),
        ("发展中国家和其中国有企业", []),
        ("股东协议", []),
        ("上海南京路", ["Shanghai", "Nanjing"]),
        ("New Mexico", []),
    ],
)
def test_the_longest_form_wins(text: str, expected: list[str]) -> None:
    assert _english(text) == expected


@pytest.mark.parametrize("text", ["Tòa Thánh", "Toà Thánh", "TOÀ THÁNH", "toa thanh"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_tone_placement_and_encoding_make_no_difference(text: str, form: str) -> None:
    normal = unicodedata.normalize("NFD" if form == "NFD" else "NFC", text)
    assert _english(normal) == ["Holy See"]


@pytest.mark.parametrize("text", ["COVID-19", "Covid-19", "covid 19", "COVID‑19", "新冠病毒"])
def test_how_the_parts_of_a_name_are_joined_makes_no_difference(text: str) -> None:
    assert _english(text) == ["COVID-19"]


def test_parts_do_not_join_across_lines_or_other_words() -> None:
    assert names_in("United\nNations; Liên và Hợp Quốc, 联 合 国") == []


def test_han_characters_with_or_without_the_dot_between() -> None:
    for text in ("唐纳德·特朗普", "唐纳德・特朗普", "唐納德特朗普", "川普"):
        assert _english(text) == ["Donald Trump"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tổng thống Mỹ Donald Trump", ["United States", "Donald Trump"]),
        ("Tại Mỹ, Pháp và Đức", ["United States", "France", "Germany"]),
        ("Nguyễn Minh Đức gặp ai ở Nam Mỹ?", []),
        ("Pháp luật, mỹ phẩm, nhật ký", []),
        ("my phap duc", []),
        ("My friend", []),
    ],
)
def test_a_single_syllable_needs_its_diacritics_and_its_capital(
    text: str, expected: list[str]
) -> None:
    assert _english(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Biển Đông", ["South China Sea"]),
        ("biển Đông", ["South China Sea"]),
        ("BIEN DONG", ["South China Sea"]),
        ("bien dong gia vang", []),
        ("hai nam nua", []),
        ("a turkey, a trump card and musk", []),
        ("Turkey", ["Türkiye"]),
        ("Türkiye", ["Türkiye"]),
    ],
)
def test_what_is_also_another_word_needs_capitals(text: str, expected: list[str]) -> None:
    assert _english(text) == expected


def test_other_diacritics_are_another_word() -> None:
    assert names_in("án do, ăn đồ") == []


def test_among_words_with_diacritics_those_without_need_capitals() -> None:
    assert _english("ha noi o dau") == ["Hanoi"]
    assert _english("Ha Noi ở đâu") == ["Hanoi"]
    assert names_in("tren hop quoc hội, lien hop quoc") == []


def test_each_name_once_in_the_order_of_the_text() -> None:
    assert _english("越南、Việt Nam、中国、Vietnam") == ["Viet Nam", "China"]


def test_mentions_say_which_words() -> None:
    found = mentions("Ở TP.HCM, 联合国说")
    assert [(each.start, each.end) for each in found] == [(1, 3), (3, 6)]


def test_expansions_are_the_other_forms() -> None:
    assert expansions("WHO说什么？", "vi") == ["Tổ chức Y tế Thế giới", "TCYTTG"]
    assert expansions("WHO说什么？", "zh") == ["世界卫生组织", "世卫组织", "世卫"]
    assert expansions("世衛組織", "zh") == ["世界卫生组织"]
    assert expansions("nato", "en") == [
        "North Atlantic Treaty Organization",
        "North Atlantic Treaty Organisation",
    ]
    assert "Liên Hợp Quốc" in expansions("lien hop quoc", "vi")
    assert expansions("LHQ", "fr") == expansions("none", "vi") == []


def test_every_line_has_three_columns_of_forms() -> None:
    assert _LANGUAGES == ["en", "vi", "zh"]
    for row in _ROWS:
        assert len(row) == 3
        for column in row:
            assert all(column)
            assert len(set(column)) == len(column)


def test_forms_are_clean() -> None:
    for form in _FORMS:
        assert form == form.strip()
        assert unicodedata.is_normalized("NFC", form)
        assert not any(unicodedata.category(character)[0] == "C" for character in form)


def test_no_two_names_share_a_form() -> None:
    lines = defaultdict(set)
    for line, row in enumerate(_ROWS):
        for column in row:
            for form in column:
                lines[form.casefold()].add(line)
    assert [form for form, found in lines.items() if len(found) > 1] == []


def test_chinese_forms_are_as_the_index_has_them() -> None:
    for _, _, chinese in _ROWS:
        for form in chinese:
            assert set("".join(terms(form, "zh").pairs)) <= set(form)


def test_each_form_is_found_as_its_own_name() -> None:
    for row in _ROWS:
        for column in row:
            for form in column:
                assert _english(form) == [row[0][0]], form


@given(_TEXTS | _MADE_OF_FORMS, st.sampled_from(["vi", "zh", "en"]))
def test_any_text_gives_names_that_do_not_overlap(text: str, language: str) -> None:
    found = mentions(text)
    assert all(each.start < each.end for each in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert mentions(text) == found
    names = names_in(text)
    assert len({id(name) for name in names}) == len(names)
    forms = {form for name in names for form in name.forms[language]}
    assert set(expansions(text, language)) <= forms


@given(_MADE_OF_FORMS)
def test_composed_and_decomposed_text_give_the_same(text: str) -> None:
    assert names_in(unicodedata.normalize("NFD", text)) == names_in(text)

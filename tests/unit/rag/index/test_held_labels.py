from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.held_labels import HeldLabels, label_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Báo Cần Thơ", unicodedata.normalize("NFD", "Báo Cần Thơ")),
        ("Báo Cần Thơ", "BÁO CẦN THƠ"),
        ("Báo Cần Thơ", " báo  cần\u00a0thơ "),
        ("Báo Cần Thơ", "Báo Cần\u200b Thơ"),
        ("Hòa Vang", "Hoà Vang"),
        ("thủy lợi", "thuỷ lợi"),
        ("Khỏe & Đẹp", "khoẻ & đẹp"),
        ("hóa-chất", "hoá-chất"),
        ("việc làm", "vi\u00ea\u0323c l\u00e0m"),
        ("Đồng Tháp", "Ðồng Tháp"),
        ("VnTin", "ＶｎＴｉｎ"),
        ("24ｈ", "24H"),
        ("城市日報", "城市日报"),
        ("臺灣新聞網", "台湾新闻网"),
        ("ﾆｭｰｽ", "ニュース"),
        ("City\u00adDesk", "citydesk"),
        ("Größe", "GRÖSSE"),
    ],
)
def test_two_ways_to_write_a_name_have_one_form(one: str, other: str) -> None:
    assert label_form(one) == label_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tuổi Trẻ", "Tuoi Tre"),
        ("má", "mà"),
        ("dân", "dần"),
        ("đá", "da"),
        ("Báo A", "BáoA"),
        ("新报", "新闻"),
        ("", "x"),
    ],
)
def test_other_names_have_other_forms(one: str, other: str) -> None:
    assert label_form(one) != label_form(other)


@given(st.text())
def test_a_form_is_the_same_for_each_encoding_of_a_name(text: str) -> None:
    assert label_form(unicodedata.normalize("NFD", text)) == label_form(
        unicodedata.normalize("NFC", text)
    )


def test_all_names_that_are_written_alike_are_meant() -> None:
    held = HeldLabels.of(["Bản tin", "BẢN TIN", "Khác", "Bản tin"])
    assert held.names == ["Bản tin", "BẢN TIN", "Khác"]
    assert held.alike("bản tin") == ["Bản tin", "BẢN TIN"]
    assert held.alike("bản") == ()

"""Vietnamese in encodings from before Unicode is put into Unicode, and nothing else is touched."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.legacy.encodings import ENCODINGS, VIEWS, Encoding
from rag.text.legacy.misread import restored
from tests.old_vietnamese import shown

SAID = (
    "Ban quản lý chợ đã họp với các hộ buôn bán để bàn về giá thuê sạp. Ông Tám cho biết những hộ ở"
    " tầng dưới sẽ được giảm một nửa tiền thuê trong ba tháng.\n"
    "Người mua mừng vì chợ mở cửa sớm; đường vào còn hẹp, nước lũ về là xe không qua được."
)
NAMES = tuple(encoding.name for encoding in ENCODINGS)


def encoding(name: str) -> Encoding:
    return next(known for known in ENCODINGS if known.name == name)


@pytest.mark.parametrize(
    ("name", "view"),
    [
        (name, view)
        for name in NAMES
        for view in ("latin-1", "cp1252", "cp1258", "mac-roman")
        if name != view
    ],
)
def test_misread_vietnamese_says_again_what_it_said(name: str, view: str) -> None:
    assert restored(shown(SAID, name, view)) == SAID


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("cp1258", "utf-8")])
def test_every_letter_of_an_encoding_is_read_again(name: str) -> None:
    codes = encoding(name).letters
    for code, letter in codes.items():
        if unicodedata.combining(letter) == 0:
            assert encoding(name).decode(code) == letter
    small = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    assert set(small) <= set(codes.values()) | set("aeiouy")


def test_the_bytes_of_words_are_those_of_the_standards() -> None:
    words = {
        "tcvn3": b"\xae\xad\xeec",
        "vni": b"\xf1\xf6\xf4\xefc",
        "viscii": b"\xf0\xdf\xfec",
        "vps": b"\xc7\xdc\xaec",
        "cp1258": b"\xf0\xfd\xf5\xf2c",
        "utf-8": "được".encode(),
    }
    for name, data in words.items():
        assert encoding(name).decode(data.decode("latin-1")) == "được"


@pytest.mark.parametrize(
    ("misread", "said"),
    [
        ("QUYÕT ®ÞNH CñA ñY BAN NH¢N D¢N", "QUYẾT ĐỊNH CỦA ỦY BAN NHÂN DÂN"),
        (
            "Th- viÖn ®-îc më, ng-êi ®äc mõng, n-íc s¹ch",
            "Thư viện được mở, người đọc mừng, nước sạch",
        ),
        ("Häp víi ®oµn Anh-Mü vÒ th- viÖn", "Họp với đoàn Anh-Mỹ về thư viện"),
        ("Hµ Néi, ngµy 5-3: häp", "Hà Nội, ngày 5-3: họp"),
        ("Chôï môû cöûa töø 5 giôø saùng", "Chợ mở cửa từ 5 giờ sáng"),
    ],
)
def test_short_texts_capitals_and_lost_letters_are_restored(misread: str, said: str) -> None:
    assert restored(misread) == said


def test_a_part_in_unicode_stays_beside_a_part_that_was_misread() -> None:
    right = "Tòa soạn ghi chú: bản gốc ở dưới, “nguyên văn”."
    french = "Le musée a été rénové à l'été, près du château."
    text = f"{right}\n{shown(SAID, 'tcvn3', 'cp1252')}\n{french}"
    assert restored(text) == f"{right}\n{SAID}\n{french}"


@pytest.mark.parametrize(
    "text",
    [
        "Le musée a été rénové à l'été, près du château ; l'entrée coûte dix euros où qu'on aille.",
        "På mötet sade rådet att vägen är för smal och att åtgärder måste sättas in före våren.",
        "Die Gäste müssen über die Brücke, weil die Straße für Fußgänger gesperrt wäre.",
        "A câmara não aprovou a proposta, porque já há três ações em execução até março.",
        "Drejtori tha se çështja është e rëndësishme për të gjithë banorët në qytetin tonë.",
        "Þórður sagði að brúin væri of mjó og að vegurinn yrði lokaður þangað til í júní.",
        "Ředitel řekl, že příští týden bude most uzavřen kvůli opravám žlutých světel.",
        "El niño comió piñas en la montaña; ¿cuándo volverá? ¡Mañana será otro día!",
        "Kallus „%s” – “quoted” – «ainult» — märgid… ja ©®°·",
        'if (a != b && c[i] >= 0) { return "é"; } // ½ × 3 ± 0,5 µm',
        "På så då må gå få nå",
        "Café, thé, bébé",
        "会议决定：“下周开放”——图书馆馆长说。",
        "Москва, «Правда» — 5 марта",
    ],
)
def test_other_languages_and_code_stay(text: str) -> None:
    assert restored(text) == text


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_vietnamese_in_unicode_stays_in_its_normal_form(form: str) -> None:
    text = unicodedata.normalize(form, SAID)  # type: ignore[arg-type]
    assert restored(text) == text


@given(st.text(max_size=200))
def test_any_text_gives_a_text_with_as_many_lines(text: str) -> None:
    assert restored(text).count("\n") == text.count("\n")


def test_every_view_gives_back_the_bytes_of_its_codec() -> None:
    for view in VIEWS:
        for byte in range(0xA0, 0x100):
            shown_as = bytes([byte]).decode(view.name, "ignore")
            if shown_as:
                assert view.data(shown_as) == chr(byte)

"""Language tags as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamngu.records.language import Language, NoSuchLanguage, parse_tag


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("vi", Language("vi")),
        ("VI", Language("vi")),
        (" vi ", Language("vi")),
        ("ｖｉ", Language("vi")),
        ("vi-VN", Language("vi")),
        ("vi_VN.UTF-8", Language("vi")),
        ("vie", Language("vi")),
        ("en-US", Language("en")),
        ("en-GB-oxendict", Language("en")),
        ("en-u-ca-gregory", Language("en")),
        ("eng", Language("en")),
        ("zh", Language("zh")),
        ("zho", Language("zh")),
        ("chi", Language("zh")),
        ("cmn", Language("zh")),
        ("cmn-Hant", Language("zh", "Hant")),
        ("zh-Hans", Language("zh", "Hans")),
        ("zh_TW", Language("zh", "Hant")),
        ("zh-Hant-HK", Language("zh", "Hant")),
        ("zh-Hans-HK", Language("zh", "Hans")),
        ("zh_TW.Big5", Language("zh", "Hant")),
        ("zh-CHT", Language("zh", "Hant")),
        ("zh-cmn-Hans-CN", Language("zh", "Hans")),
        ("zh-Latn-pinyin", Language("zh")),
        ("sr_RS@latin", Language("sr")),
        ("fra", Language("fr")),
        ("iw", Language("he")),
        ("yue", Language("yue")),
        ("und", Language("und")),
    ],
)
def test_a_tag_is_read_as_its_language(tag: str, language: Language) -> None:
    assert parse_tag(tag) == language


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("vn", "vi"),
        ("VN", "vi"),
        ("vn-VN", "vi"),
        ("Tiếng Việt", "vi"),
        ("Vietnamese", "vi"),
        ("cn", "zh"),
        ("chinese", "zh"),
        ("中文", "zh"),
        ("english", "en"),
        ("zh-Hanx", "zh"),
        ("vi-Lati", "vi"),
        ("jp", "ja"),
    ],
)
def test_what_is_no_code_is_refused_with_the_code_that_is_meant(tag: str, meant: str) -> None:
    with pytest.raises(NoSuchLanguage, match=f"not a language tag; did you mean {meant}\\?"):
        parse_tag(tag)


@pytest.mark.parametrize("tag", ["xx", "qq", "zz-ZZ"])
def test_a_code_of_no_language_is_refused(tag: str) -> None:
    with pytest.raises(NoSuchLanguage, match="not a language tag; give vi, zh, en"):
        parse_tag(tag)


@pytest.mark.parametrize("tag", ["", "x", "v i", "vi,zh", "vi-", "vi--VN", "1", "*", "vi" * 60])
def test_what_has_no_form_of_a_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="not a language tag"):
        parse_tag(tag)


@given(st.text(max_size=12))
def test_a_code_is_read_as_itself(text: str) -> None:
    try:
        code = parse_tag(text).code
    except ValueError:
        return
    assert parse_tag(code).code == code

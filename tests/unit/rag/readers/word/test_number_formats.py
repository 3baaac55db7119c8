"""Numbers are written as Word writes them in its formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.word.number_formats import _FORMATS, written


@pytest.mark.parametrize(
    ("number_format", "numbers"),
    [
        ("decimalZero", {7: "07", 10: "10", 123: "123"}),
        ("upperRoman", {4: "IV", 9: "IX", 14: "XIV", 49: "XLIX", 1994: "MCMXCIV"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa", 28: "bb", 53: "aaa"}),
        ("ordinal", {1: "1st", 2: "2nd", 11: "11th", 13: "13th", 22: "22nd", 111: "111th"}),
        ("cardinalText", {12: "Twelve", 20: "Twenty", 43: "Forty-three"}),
        ("ordinalText", {5: "Fifth", 12: "Twelfth", 20: "Twentieth", 21: "Twenty-first"}),
        (
            "chineseCounting",
            {3: "三", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 101: "一〇一"},
        ),
        ("taiwaneseCounting", {10: "十", 35: "三十五"}),
        ("chineseCountingThousand", {10: "十", 19: "十九", 100: "一百", 101: "一百零一"}),
        ("chineseCountingThousand", {110: "一百一十", 1005: "一千零五", 2020: "二千零二十"}),
        ("chineseCountingThousand", {10000: "一万", 10005: "一万零五", 21000: "二万一千"}),
        ("taiwaneseCountingThousand", {12: "十二", 305: "三百零五"}),
        ("japaneseCounting", {10: "十", 11: "十一", 100: "百", 101: "百一", 2000: "二千"}),
        ("ideographDigital", {10: "一〇", 21: "二一"}),
        ("chineseLegalSimplified", {3: "叁", 10: "壹拾", 12: "壹拾贰", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {3: "參", 10: "壹拾", 26: "貳拾陸"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
        ("ideographZodiacTraditional", {1: "甲子", 13: "丙子", 60: "癸亥", 61: "61"}),
        ("vietnameseCounting", {4: "bốn", 10: "mười", 11: "mười một", 15: "mười lăm"}),
        ("vietnameseCounting", {20: "hai mươi", 21: "hai mươi mốt", 35: "ba mươi lăm"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 36: "㊱", 50: "㊿", 51: "51"}),
        ("decimalFullWidth", {12: "１２"}),
        ("hex", {255: "FF"}),
        ("none", {1: ""}),
        ("bullet", {1: ""}),
    ],
)
def test_a_number_is_written_in_its_format(number_format: str, numbers: dict[int, str]) -> None:
    assert {number: written(number, number_format) for number in numbers} == numbers


@given(st.sampled_from([*sorted(_FORMATS), "unknown"]), st.integers(-(10**9), 10**9))
def test_every_number_has_a_short_form(number_format: str, number: int) -> None:
    assert 0 < len(written(number, number_format)) <= 40


@given(st.sampled_from(["chineseCountingThousand", "upperRoman", "japaneseCounting"]), st.data())
def test_different_numbers_have_different_forms(number_format: str, data: st.DataObject) -> None:
    one, other = data.draw(st.tuples(st.integers(1, 3999), st.integers(1, 3999)))
    assert (written(one, number_format) == written(other, number_format)) == (one == other)

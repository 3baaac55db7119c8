from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.amounts import amounts

DIGITS = "零一二三四五六七八九"

ANY = st.characters(exclude_categories=["Cs"])


def in_han(number: int) -> str:
    """Write a whole number under 10^16 in Han characters."""
    if number >= 10**8:
        return in_han(number // 10**8) + "亿" + _rest(number % 10**8, 10**7)
    if number >= 10**4:
        return in_han(number // 10**4) + "万" + _rest(number % 10**4, 10**3)
    for value, unit in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= value:
            return DIGITS[number // value] + unit + _rest(number % value, value // 10)
    return DIGITS[number]


def _rest(number: int, least: int) -> str:
    """Write the lower digits of a number; a zero stands for those that are left out."""
    if number == 0:
        return ""
    return ("零" if number < least else "") + in_han(number)


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "零"), (110, "一百一十"), (10**8 + 20_000_005, "一亿二千万零五"), (3 * 10**12, "三万亿")],
)
def test_the_tests_write_han_as_people_do(number: int, written: str) -> None:
    assert in_han(number) == written


@given(st.integers(0, 10**16 - 1))
def test_numbers_in_han_are_read(number: int) -> None:
    assert amounts(in_han(number)) == {float(number)}
    assert amounts(f"共{in_han(number)}个国家参加") == {float(number)}


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_any_marks_between_thousands(number: int) -> None:
    english = f"{number:,}"
    vietnamese = english.replace(",", ".")
    full = str(number).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    for text in (english, vietnamese, full, f"{english} people", f"{vietnamese} người"):
        assert amounts(text) == {float(number)}


@given(
    st.integers(1, 999),
    st.sampled_from(
        [
            (1e3, "nghìn", "thousand", "千"),
            (1e6, "triệu", "million", "百万"),
            (1e7, "mười triệu", "ten million", "千万"),
            (1e8, "trăm triệu", "hundred million", "亿"),
            (1e9, "tỷ", "billion", "十亿"),
            (1e12, "nghìn tỷ", "trillion", "万亿"),
        ]
    ),
)
def test_magnitudes_are_the_same_in_the_three_languages(
    number: int, magnitude: tuple[float, str, str, str]
) -> None:
    value, vietnamese, english, chinese = magnitude
    expected = {number * value}
    assert amounts(f"{number}{chinese}人") == amounts(f"约{number} {chinese}") == expected
    if " " not in english:
        assert amounts(f"{number} {vietnamese} người") == expected
        assert amounts(f"about {number} {english.capitalize()} people") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2 triệu", {1_200_000}),
        ("1.2 million", {1_200_000}),
        ("120万", {1_200_000}),
        ("１２０萬", {1_200_000}),
        ("1亿2千万", {120_000_000}),
        ("1亿 2000万", {120_000_000}),
        ("1 tỷ 200 triệu", {1_200_000_000}),
        ("3万5千", {35_000}),
        ("200 triệu, 1 tỷ", {200_000_000, 1_000_000_000}),
        ("1 tỷ và 200 triệu", {200_000_000, 1_000_000_000}),
        ("20 nghìn tỷ đồng", {20e12}),
        ("5 tỉ", {5e9}),
        ("15,5%", {15.5}),
        ("15.5 per cent", {15.5}),
        ("100 km²", {100}),
        ("0", {0}),
        ("007", {7}),
        ("24/10/1945", {24, 10, 1945}),
        ("2014-2016", {2014, 2016}),
        # Words, if they are all there is.
        ("eleven", {11}),
        (" Mười ", {10}),
        ("Năm", {5}),
        ("năm ngoái", set()),
        # Han digits that are parts of words.
        ("四川", set()),
        ("五角大楼", set()),
        ("一些国家", set()),
        ("千岛湖", set()),
        ("九", {9}),
        ("九月", {9}),
        ("第三届", {3}),
        ("两国", {2}),
        ("三、四", {3, 4}),
        ("二〇二三年", {2023}),
        ("十二万", {120_000}),
        # Letters stand beside the magnitude.
        ("5 millions", {5}),
        ("3 tỷlệ", {3}),
        ("", set()),
        ("không có số nào", set()),
    ],
)
def test_amounts(text: str, expected: set[float]) -> None:
    assert amounts(text) == expected


@given(st.text(ANY | st.sampled_from("0123456789.,一二百千万亿 ½²")))
def test_any_text_has_amounts_that_are_numbers(text: str) -> None:
    found = amounts(text)
    assert all(value >= 0 for value in found)
    assert amounts(f"{text}。") >= set()


@pytest.mark.parametrize(
    "text",
    [
        *("九" * 10_000, "一亿" * 10_000, "9" * 4_000, "1万" * 1_000),
        *("一" + "亿" * each for each in (18, 19, 20, 38, 39, 40)),
        *("1" + "亿" * each for each in (38, 39, 400)),
        "1 " + "tỷ " * 400,
    ],
)
def test_very_long_numbers_do_no_harm(text: str) -> None:
    assert all(math.isfinite(value) for value in amounts(text))

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers.amounts import amounts, large_amounts_in_words

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


SAME = [
    (12_000, ["12.000", "12,000", "１２，０００", "12 nghìn", "12 ngàn", "1,2 vạn", "12 thousand"]),
    (
        12_000,
        ["1.2万", "1万2千", "一万二千", "一万二", "一萬二千", "一点二万", "12'000", "12\u202f000"],
    ),
    (12_000, ["mười hai nghìn", "một vạn hai", "twelve thousand", "khoảng mười hai nghìn người"]),
    (10_002, ["一万零二", "10.002", "mười nghìn linh hai", "ten thousand and two"]),
    (
        1_250,
        [
            "1.250",
            "1,250",
            "１，２５０",
            "一千二百五十",
            "一千二百五",
            "một nghìn hai trăm năm mươi",
        ],
    ),
    (105, ["一百零五", "một trăm linh năm", "one hundred and five", "105"]),
    (150, ["一百五", "một trăm rưỡi", "one hundred fifty", "150"]),
    (
        3_500_000,
        ["3,5 triệu", "3.5 million", "350万", "三百五十万", "ba triệu rưỡi", "3 triệu rưỡi"],
    ),
    (500_000, ["nửa triệu", "half a million", "五十万", "500 nghìn"]),
    (1_250_000_000, ["1.250 billion", "1,250 tỷ", "12.5亿", "1.250 triệu", "1,250 million"]),
    (1_250_000_000_000, ["1.250 tỷ", "1,250 billion", "1,25 nghìn tỷ", "1.25万亿"]),
    (
        45,
        ["45%", "４５％", "45 phần trăm", "45 per cent", "百分之四十五", "bốn mươi lăm phần trăm"],
    ),
    (4.125, ["4,125%", "4.125%", "百分之四点一二五"]),
    (30, ["三成", "30%", "ba mươi phần trăm"]),
    (35, ["三成五", "三成半", "35%"]),
    (100, ["百分之百", "100%", "một trăm"]),
    (24, ["two dozen", "2 dozen", "hai tá", "两打啤酒", "24"]),
    (7, ["7 nước", "seven countries", "bảy nước", "七个国家", "about seven people"]),
    (2 / 3, ["2/3", "三分之二", "hai phần ba", "two thirds", "hai phần ba dân số"]),
    (2026, ["hai nghìn không trăm hai mươi sáu", "2026", "二〇二六"]),
]


@pytest.mark.parametrize(("number", "written"), SAME)
def test_an_amount_is_the_same_in_all_forms(number: float, written: list[str]) -> None:
    for text in written:
        assert list(amounts(text)) == [pytest.approx(number, rel=1e-6)], text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3-4 triệu", {3e6, 4e6}),
        ("300万到400万", {3e6, 4e6}),
        ("3 to 4 million", {3e6, 4e6}),
        ("từ 2020-2 triệu", {2020, 2e6}),
        ("it rose by 18% to 230 million", {18, 230e6}),
        # Words that are no numbers, or may be others.
        ("năm 2024", {2024}),
        ("mười năm", {10}),
        ("hai mươi năm trước", {20}),
        ("một trăm năm", {100}),
        ("không có ai", set()),
        ("one of the ministers", set()),
        ("một trong những nước", set()),
        ("vài trăm người", set()),
        ("hundreds of people", set()),
        ("Tổng Bí thư Đỗ Mười", set()),
        ("Ba Lan", set()),
        ("Năm Căn", set()),
        ("Ba nước", {3}),
        ("the two sides met in the hall on the hill", set()),
        ("几百人", set()),
        ("百年老店", set()),
        ("立成一体", set()),
    ],
)
def test_what_else_looks_like_numbers(text: str, expected: set[float]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,25 tỷ", "1,25 triệu"),
        ("1.250 tỷ", "1.250 billion"),
        ("12.000", "1.200"),
        ("12.00", "12.000"),
        ("15,5%", "155%"),
        ("1.2万", "12万"),
        ("一百零五", "一百五"),
        ("一万二", "一万零二"),
        ("3/8", "8/3"),
        ("三分之二", "二分之三"),
        ("thirteen thousand", "thirty thousand"),
        ("mười lăm nghìn", "năm mươi nghìn"),
        ("2,5", "25"),
    ],
)
def test_two_amounts_that_differ_are_different(one: str, other: str) -> None:
    assert amounts(one) != amounts(other)


ONES = ["", *["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]]


def in_vietnamese(number: int) -> str:
    """Write a whole number from 1 to 10^12 - 1 in Vietnamese words."""
    words: list[str] = []
    for value, scale in ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        part = number // value % 1000
        if part:
            words += [*_hundreds(part, whole=bool(words)), scale]
    return " ".join(filter(None, words))


def _hundreds(part: int, *, whole: bool) -> list[str]:
    hundreds, tens, ones = part // 100, part // 10 % 10, part % 10
    words = [ONES[hundreds], "trăm"] if hundreds else ["không", "trăm"] if whole else []
    if tens == 0 and ones and words:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens:
        words += [ONES[tens], "mươi"]
    return [*words, "lăm" if ones == 5 and tens else ONES[ones]]


ENGLISH = [
    "",
    *[
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
    ],
    *["fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
]
TENS = ["", "", *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]]


def in_english(number: int) -> str:
    """Write a whole number from 1 to 10^12 - 1 in English words."""
    words: list[str] = []
    for value, scale in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (1, "")):
        part = number // value % 1000
        if not part:
            continue
        if part >= 100:
            words.append(f"{ENGLISH[part // 100]} hundred")
        if rest := part % 100:
            under = ENGLISH[rest] if rest < 20 else f"{TENS[rest // 10]}-{ENGLISH[rest % 10]}"
            words.append(f"and {under.rstrip('-')}" if part >= 100 else under.rstrip("-"))
        words.append(scale)
    return " ".join(filter(None, words))


@given(st.integers(1, 10**12 - 1) | st.integers(1, 99_999))
def test_any_amount_is_the_same_in_the_words_of_three_languages(number: int) -> None:
    expected = {float(number)}
    assert amounts(in_han(number)) == expected
    assert amounts(in_vietnamese(number)) == expected
    assert amounts(in_english(number)) == expected
    if number > 20:
        assert amounts(f"The report says {in_english(number)} people came to the hall") == expected
        assert large_amounts_in_words(f"Theo báo cáo có {in_vietnamese(number)} người") == expected


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


FORMS = (
    ("$2.3m", "US$2.3 million", "2,3 triệu USD", "230万美元", "2.3M USD", "$2,300,000"),
    ("€1.5bn", "1,5 tỷ euro", "15亿欧元", "€1.5 b", "một tỷ rưỡi"),
    ("US$12k", "12 nghìn USD", "1.2万美元", "壹萬貳仟美元", "壹万贰仟元整", "twelve thousand"),
    ("$1.2tn", "1.2万亿", "1,2 nghìn tỷ"),
    ("200k đồng", "200.000 đồng", "20万", "hai trăm nghìn", "二十万"),
    ("人民币伍拾万元", "50万", "nửa triệu", "half a million", "5 lakh"),
    ("2 tỷ rưỡi", "2,5 tỷ", "25亿", "hai tỷ rưỡi", "2.5 billion", "二十五亿"),
    ("1 triệu 2", "1,2 triệu", "一百二十万", "một triệu hai"),
    ("两年半", "2 năm rưỡi", "hai năm rưỡi", "two and a half years", "2½ years", "2.5 years"),
    ("一半", "một nửa", "半数", "half of them"),
    ("两千", "2.000", "二千", "两千元", "hai nghìn"),
    ("二十余万人", "20多万人", "hơn 200 nghìn người", "over 200,000"),
    ("三四百", "300-400", "ba bốn trăm"),
    ("廿五人", "二十五人", "25 người"),
)


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms[0])
def test_one_amount_is_equal_in_all_its_forms(forms: tuple[str, ...]) -> None:
    assert [amounts(form) for form in forms] == [amounts(forms[0])] * len(forms)
    assert amounts(forms[0])


@pytest.mark.parametrize(
    "text",
    [
        *("chục nghìn", "hàng chục nghìn người", "vài trăm hộ", "mấy chục triệu đồng"),
        *("几十万人", "数十万人", "十几万人", "几百", "数百万", "上百人", "二十几万"),
        *("several hundred people", "tens of thousands", "大陆伍队", "收拾行李", "半年", "半导体"),
    ],
)
def test_what_is_vague_or_no_number_is_no_amount(text: str) -> None:
    assert amounts(text) == set()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("2.3 m tall", 2.3), ("a 12k run", 12.0), ("4K TV", 4.0), ("参加人数十万", 100_000.0)),
        *(("2 rưỡi chiều", 2.0), ("2 tỷ 3 tháng sau", 2e9), ("一个半小时", 1.5), ("半亿", 5e7)),
        ("đầu 300 tr. của sách", 300.0),
    ],
)
def test_a_letter_or_a_half_counts_only_where_it_belongs_to_the_number(
    text: str, amount: float
) -> None:
    assert amount in amounts(text)
    assert max(amounts(text)) == amount

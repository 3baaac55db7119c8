from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.same_answer import same_answer

SAME = [
    # Numbers.
    ("110 nước", "vi", "110个国家", "zh"),
    ("110", "en", "110 countries", "en"),
    ("1,2 triệu người", "vi", "120万人", "zh"),
    ("1.2 million", "en", "1,2 triệu", "vi"),
    ("三十一个国家", "zh", "31 countries", "en"),
    ("eleven", "en", "11", "en"),
    ("15,5%", "vi", "15.5 per cent", "en"),
    ("1.000", "vi", "1,000", "en"),
    # Dates, also where one is more precise.
    ("24/10/1945", "vi", "October 24, 1945", "en"),
    ("ngày 24 tháng 10 năm 1945", "vi", "1945年10月24日", "zh"),
    ("1945", "vi", "24/10/1945", "vi"),
    ("tháng 10 năm 1945", "vi", "1945年", "zh"),
    ("in 2024", "en", "năm 2024", "vi"),
    ("3/8", "vi", "8月3日", "zh"),
    ("ngày 3/8", "vi", "August 3", "en"),
    ("8/3", "zh", "3 tháng 8", "vi"),
    ("3 tháng 8 năm 2024", "vi", "8月3日", "zh"),
    ("ngày 3/8", "vi", "3 tháng 8", "vi"),
    ("民國113年5月16日", "zh", "16/05/2024", "vi"),
    ("tháng 8", "vi", "8月", "zh"),
    ("12 nghìn người", "vi", "一万二千人", "zh"),
    ("1,2 vạn", "vi", "twelve thousand", "en"),
    ("seven countries", "en", "bảy nước", "vi"),
    ("2000 người", "vi", "2,000 people", "en"),
    ("45%", "en", "百分之四十五", "zh"),
    ("2/3", "vi", "三分之二", "zh"),
    ("những năm 1990", "vi", "20 世纪 90 年代", "zh"),
    ("the 1970s", "en", "上世纪七十年代", "zh"),
    ("March", "en", "tháng 3", "vi"),
    ("every five years", "en", "sau mỗi 5 năm", "vi"),
    # Names.
    ("Hà Nội", "vi", "河内", "zh"),
    ("Hà Nội", "vi", "Hanoi", "en"),
    ("United Nations", "en", "聯合國", "zh"),
    ("Tứ Xuyên", "vi", "四川", "zh"),
    ("Ba Lan", "vi", "波兰", "zh"),
    ("Lầu Năm Góc", "vi", "五角大楼", "zh"),
    ("Hà Nội, Việt Nam", "vi", "河内", "zh"),
    # The same words, in other case, script or with other marks.
    ("ASEAN", "en", "asean", "vi"),
    ("联合国", "zh", "聯合國", "zh"),
    ("ＡＳＥＡＮ", "zh", "ASEAN", "en"),
    ("“Hà Nội”", "vi", "Hà Nội", "vi"),
    ("the Security Council", "en", "Security Council", "en"),
    ("ông Guterres", "vi", "Antonio Guterres", "vi"),
    ("Mr. Ban", "en", "Ban Ki-moon", "en"),
    ("António Guterres", "en", "António Guterres of Portugal", "en"),
    ("du lịch", "vi", "ngành du lịch", "vi"),
]

OTHERS = [
    ("72 nước", "vi", "110 nước", "vi"),
    ("72 nước", "vi", "110个国家", "zh"),
    ("110", "en", "110 million", "en"),
    ("24/10/1945", "vi", "25/10/1945", "vi"),
    ("1945", "vi", "1946", "vi"),
    ("tháng 9 năm 1945", "vi", "24/10/1945", "vi"),
    ("2024", "en", "year-end", "en"),
    ("3/8", "vi", "8/3", "vi"),
    ("3/8", "vi", "3月8日", "zh"),
    ("ngày 3/8", "vi", "ngày 4/8", "vi"),
    ("120 người ngày 3/8", "vi", "150 people on August 3", "en"),
    ("1,25 tỷ", "vi", "1.25 million", "en"),
    ("1.250 tỷ", "vi", "1.250 billion", "en"),
    ("tỷ số 3/8", "vi", "8月3日", "zh"),
    ("一万二", "zh", "10.002", "vi"),
    ("Huế", "vi", "Hà Nội", "vi"),
    ("Huế", "vi", "河内", "zh"),
    ("Pháp", "vi", "德国", "zh"),
    ("năng lượng", "vi", "du lịch", "vi"),
    ("energy", "en", "du lịch", "vi"),
    ("$", "en", "%", "en"),
    ("★", "vi", "♥", "vi"),
    ("", "en", "a", "en"),
    # The number is only a part of what is said.
    (
        "the 11 countries that signed the treaty in the first year",
        "en",
        "those who came to the meeting of 11 ministers in Hue",
        "en",
    ),
]


@pytest.mark.parametrize(("one", "its", "other", "others"), SAME)
def test_the_same_is_told_in_three_languages(one: str, its: str, other: str, others: str) -> None:
    assert same_answer(one, other, (its, others))
    assert same_answer(other, one, (others, its))


@pytest.mark.parametrize(("one", "its", "other", "others"), OTHERS)
def test_other_answers_are_told_apart(one: str, its: str, other: str, others: str) -> None:
    assert not same_answer(one, other, (its, others))
    assert not same_answer(other, one, (others, its))


ANSWERS = st.one_of(
    st.text(max_size=20),
    st.sampled_from([text for one, _, other, _ in SAME + OTHERS for text in (one, other)]),
)
LANGUAGES = st.sampled_from(["vi", "zh", "en", "fr"])


@given(ANSWERS, LANGUAGES, LANGUAGES)
def test_an_answer_says_the_same_as_itself(text: str, one: str, other: str) -> None:
    assert same_answer(text, text, (one, other))


@given(ANSWERS, ANSWERS, LANGUAGES, LANGUAGES)
def test_the_order_of_answers_makes_no_difference(
    one: str, other: str, its: str, others: str
) -> None:
    assert same_answer(one, other, (its, others)) == same_answer(other, one, (others, its))

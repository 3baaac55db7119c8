from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates.periods import days_of_year_in
from rag.text.numbers.amounts import amounts
from rag.text.numbers.forms import number_forms


@pytest.mark.parametrize(
    ("question", "its", "language", "expected"),
    [
        ("Ai nhận 3,5 triệu đồng?", "vi", "zh", ["3500000", "350万"]),
        ("谁得到一万二千元？", "zh", "vi", ["12.000", "12 nghìn"]),
        ("Who got 12,000 votes?", "en", "en", ["12 thousand"]),
        ("Vụ cháy ngày 3/8", "vi", "zh", ["8月3日"]),
        ("8月3日的火灾", "zh", "en", ["3 August", "August 3"]),
        ("Cháy ngày 3/8/2024", "vi", "vi", ["3 tháng 8"]),
        # Small numbers and years are written alike, scores are no days.
        ("45 người năm 2024", "vi", "zh", []),
        ("Trận nào có tỷ số 3/8?", "vi", "en", []),
        ("Vụ cháy ngày 3/8", "vi", "fr", []),
    ],
)
def test_forms(question: str, its: str, language: str, expected: list[str]) -> None:
    assert number_forms(question, its, language) == expected


@given(st.integers(1_000, 10**14), st.sampled_from(["vi", "zh", "en"]))
def test_all_forms_are_the_amount(number: int, language: str) -> None:
    for form in number_forms(f"{number}", "en", language):
        assert amounts(form) == {float(number)}


@given(st.dates(), st.sampled_from(["vi", "zh", "en"]))
def test_all_forms_are_the_day(day: date, language: str) -> None:
    named = days_of_year_in(f"{day:%B} {day:%d}", "en")
    for form in number_forms(f"{day:%B} {day:%d}", "en", language):
        assert days_of_year_in(form, language) == named

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.date_boost import BOOST, date_boost
from rag.text.dates.periods import DayOfYear, Period, days_of_year_in, periods_in
from tamngu.records.filter import UNDATED

DAY = Period(date(2020, 11, 23), date(2020, 11, 23), "day")
MONTH = Period(date(2020, 11, 1), date(2020, 11, 30), "month")
YEAR = Period(date(2020, 1, 1), date(2020, 12, 31), "year")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Nghị quyết ngày 23/11/2020", DAY),
        ("Nghị quyết ngày 23-11-2020", DAY),
        ("ngày 23 tháng 11 năm 2020", DAY),
        ("ngay 23 thang 11 nam 2020", DAY),
        ("ngày 23 tháng 11, 2020", DAY),
        ("2020年11月23日通过的决议", DAY),
        ("2020年11月23號", DAY),
        ("on 2020-11-23", DAY),
        ("on 23 November 2020", DAY),
        ("the 23rd of November, 2020", DAY),
        ("November 23, 2020?", DAY),
        ("Nov. 23rd 2020", DAY),
        ("hồi tháng 11/2020", MONTH),
        ("hồi tháng 11 năm 2020", MONTH),
        ("2020年11月", MONTH),
        ("in November 2020", MONTH),
        ("in November of 2020", MONTH),
        ("năm 2020", YEAR),
        ("2020年", YEAR),
        ("ASEAN 2020?", YEAR),
    ],
)
def test_a_date_is_read_once_and_as_exactly_as_it_is_given(question: str, expected: Period) -> None:
    assert periods_in(question) == [expected]


@pytest.mark.parametrize(
    "question",
    [
        "nhiệm kỳ 2020-2021",
        "the 2014–2016 term",
        "resolution 1889",
        "31/2/2020",
        "2020年13月",
        "12020 people",
        "2020.5 tonnes",
        "nghị quyết 75/2020/NQ",
    ],
)
def test_what_is_no_date_is_not_read_as_a_day_or_month(question: str) -> None:
    assert [period for period in periods_in(question) if period.unit != "year"] == []


@pytest.mark.parametrize("question", ["nhiệm kỳ 2020-2021", "resolution 1889", "12020 people"])
def test_what_is_no_year_is_not_read_as_one(question: str) -> None:
    assert periods_in(question) == []


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_any_day_is_read_in_any_language(day: date) -> None:
    forms = (
        f"ngày {day.day}/{day.month}/{day.year}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {day:%B} {day.year}",
        day.isoformat(),
    )
    for form in forms:
        assert periods_in(form) == [Period(day, day, "day")]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for period in periods_in(text):
        assert period.first <= period.last


def test_articles_of_the_time_come_first() -> None:
    appeared = [date(2020, 11, 1), date(2020, 12, 5), date(2020, 12, 31), date(2021, 3, 1)]
    days = np.array([*(day.toordinal() for day in appeared), UNDATED], dtype=np.int32)
    year, month = BOOST["year"], BOOST["month"]
    assert date_boost([MONTH], days).tolist() == [month, month, 0, 0, 0]
    assert date_boost([YEAR, MONTH], days).tolist() == [month, month, year, 0, 0]


def test_articles_of_a_day_without_its_year_come_first_whatever_the_year() -> None:
    appeared = [date(2019, 8, 3), date(2024, 8, 9), date(2024, 8, 12), date(2024, 8, 2)]
    days = np.array([*(day.toordinal() for day in appeared), UNDATED], dtype=np.int32)
    boost = date_boost(days_of_year_in("Vụ cháy ngày 3/8", "vi"), days)
    assert boost.tolist() == [BOOST["day of year"], BOOST["day of year"], 0, 0, 0]


def test_a_day_near_the_end_of_a_year_reaches_into_the_next() -> None:
    days = np.array([date(2024, 1, 2).toordinal(), date(2024, 1, 9).toordinal()], dtype=np.int32)
    assert date_boost([DayOfYear(12, 30)], days).tolist() == [BOOST["day of year"], 0]
    assert date_boost([DayOfYear(2, 29)], days).tolist() == [0, 0]

from __future__ import annotations

from datetime import date

import pytest

from rag.text.dates.grammar import dates_in
from rag.text.dates.periods import periods_in
from rag.text.dates.stated import line_date


@pytest.mark.parametrize(
    "text",
    [
        *("25/11/2020", "25-11-2020", "25.11.2020", "25 / 11 / 2020", "11/25/2020"),
        *("2020-11-25", "2020/11/25", "2020.11.25"),
        *("25 tháng 11 năm 2020", "25 thang 11 nam 2020", "25 tháng 11/2020"),
        *("2020年11月25日", "2020 年 11 月 25 日", "2020年11月25號", "2020年11月25"),
        *("25 November 2020", "25th of November, 2020", "25-Nov-2020", "Nov. 25, 2020"),
    ],
)
def test_pages_lines_and_questions_have_one_grammar_of_days(text: str) -> None:
    assert [stated.iso for stated in dates_in(text, day_first=True)] == ["2020-11-25"]
    assert line_date(text) == "2020-11-25"
    (period,) = periods_in(text)
    assert (period.first, period.last, period.unit) == (
        date(2020, 11, 25),
        date(2020, 11, 25),
        "day",
    )


@pytest.mark.parametrize(
    "text", ["25-27 November 2020", "2020年11月25－27日", "2020年11月15国签署"]
)
def test_spans_and_counts_are_not_days_but_name_their_month(text: str) -> None:
    assert dates_in(text) == []
    assert line_date(text) is None
    (period,) = periods_in(text)
    assert (period.first, period.last) == (date(2020, 11, 1), date(2020, 11, 30))


def test_the_first_months_of_a_year_are_not_a_day() -> None:
    assert periods_in("tháng 1-3/2020") == []


def test_lines_and_questions_have_days_before_there_were_web_pages() -> None:
    assert dates_in("02/09/1945", day_first=True) == []
    assert line_date("02/09/1945") == "1945-09-02"
    assert [period.first for period in periods_in("ngày 02/09/1945")] == [date(1945, 9, 2)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Thứ tư, ngày 25/11/2020 - 20:36:15 (GMT+7)", "2020-11-25T20:36:15+07:00"),
        ("20:36  |  Thứ tư, ngày 25/11/2020", "2020-11-25T20:36:00"),
        ("Thứ 7, ngày 25/11/2020 - 20:36 (GMT+7)", "2020-11-25T20:36:00+07:00"),
        ("20:36 | Thứ 2, 25/11/2020", "2020-11-25T20:36:00"),
        ("25/11/2020 GMT+7", "2020-11-25"),
        ("星期三 2020年11月25日 下午8:36", "2020-11-25T20:36:00"),
        ("Wednesday, November 25, 2020 at 8:36 PM", "2020-11-25T20:36:00"),
        ("November 25, 2020 - November 27, 2020", None),
        ("25/11/2020 25:61", None),
        ("By Ann Lee, November 25, 2020", None),
        ("25/11/2020" + " " * 100 + "25", None),
        ("", None),
    ],
)
def test_a_date_line_has_a_date_and_nothing_else(line: str, expected: str | None) -> None:
    assert line_date(line) == expected


def test_a_question_of_many_days_names_each_once() -> None:
    text = " ".join(f"{day}/{month}/2020" for month in range(1, 13) for day in range(1, 29))
    assert len(periods_in(text)) == 12 * 28
    assert periods_in(f"{text} " * 3) == periods_in(text)

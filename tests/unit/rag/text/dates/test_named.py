"""The dates that questions and answers name, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates.named import named_dates
from rag.text.dates.periods import DayOfYear, days_of_year_in, periods_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((each, "vi") for each in ("3/8", "03/8", "ngày 3/8", "ngày 3-8", "hôm 3/8", "3 tháng 8")),
        *((each, "vi") for each in ("mùng 3 tháng 8", "Thứ Hai (3/8)", "3 thang 8", "3 thg 8")),
        *((each, "vi") for each in ("Vụ cháy ngày 3/8 ở đâu?", "ngày 3 tháng Tám", "chiều 3/8")),
        *(
            (each, "zh")
            for each in ("8月3日", "八月三日", "8月3號", "８月３日", "8/3", "8 月 3 日")
        ),
        *((each, "en") for each in ("August 3", "3 August", "3rd of August", "Aug. 3", "august 3")),
        *((each, "en") for each in ("What happened on August 3rd?", "the 3rd August")),
        *(("3 août", "fr"), ("3 de agosto", "es"), ("3. August", "de")),
    ],
)
def test_a_day_without_its_year_is_a_day(text: str, language: str) -> None:
    assert days_of_year_in(text, language) == [DayOfYear(8, 3)]
    assert periods_in(text, language) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((each, "vi") for each in ("tỷ số 3/8", "tỉ số là 3/8", "hơn 2/3 cử tri", "2/3 dân số")),
        *((each, "vi") for each in ("khoảng 3/4 diện tích", "1/2 số phiếu", "15/2020/NĐ-CP")),
        *((each, "vi") for each in ("rằm 15/8 âm lịch", "30/2", "31/4", "13/13", "3/8%", "3/8/2")),
        *((each, "vi") for each in ("trong 3 tháng 8 ngày", "3.8", "lỗi 3-8")),
        *((each, "zh") for each in ("比分3/8", "3个月", "13月3日", "2月30日", "农历八月十五日")),
        *((each, "en") for each in ("3/8 of the votes", "about 2/3", "you may 3 times", "3/8")),
        *((each, "en") for each in ("march 8 km", "Room 12", "won 3/8")),
    ],
)
def test_fractions_scores_and_other_numbers_are_no_days(text: str, language: str) -> None:
    assert days_of_year_in(text, language) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("từ ngày 3 đến ngày 5 tháng 8", "vi"),
        ("3-5/8", "vi"),
        ("8月3日至5日", "zh"),
        ("8月3-5日", "zh"),
        ("August 3–5", "en"),
        ("3 to 5 August", "en"),
    ],
)
def test_a_span_names_its_first_and_last_day(text: str, language: str) -> None:
    assert set(days_of_year_in(text, language)) == {DayOfYear(8, 3), DayOfYear(8, 5)}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        # Characters that are no number.
        ("十十年代，民國十十十年，00世紀90年代，二〇二四年十十月", "zh", [date(2024, 1, 1)]),
        ("ngày 3/8/2024", "vi", [date(2024, 8, 3)]),
        ("3/8/2024", None, [date(2024, 8, 3)]),
        ("3/8/2024", "en", []),
        ("13/8/2024", "en", [date(2024, 8, 13)]),
        ("民國113年5月", "zh", [date(2024, 5, 1)]),
        ("二〇二四年", "zh", [date(2024, 1, 1)]),
        ("tháng Năm năm 2024", "vi", [date(2024, 5, 1)]),
        ("mayo de 2024", "es", [date(2024, 5, 1)]),
        ("ngày 5/6/1862", "vi", [date(1862, 6, 5)]),
    ],
)
def test_periods_with_a_year(text: str, language: str | None, expected: list[date]) -> None:
    assert [period.first for period in periods_in(text, language)] == expected


@given(st.dates(date(2000, 1, 1), date(2000, 12, 31)))
def test_any_day_of_the_year_is_read_in_three_languages(day: date) -> None:
    d, m = day.day, day.month
    forms = {
        "vi": (f"ngày {d}/{m}", f"{d} tháng {m}", f"ngày {d:02}/{m:02}"),
        "zh": (f"{m}月{d}日", f"{m}月{d}號"),
        "en": (f"{day:%B} {d}", f"{d} {day:%B}", f"on {day:%b} {d}"),
    }
    for language, written in forms.items():
        for form in written:
            assert days_of_year_in(form, language) == [DayOfYear(m, d)], form


@given(st.text() | st.text("0123456789/-月日năm tháng Maych", max_size=40))
def test_any_text_has_dates_that_exist(text: str) -> None:
    for language in (None, "vi", "zh", "en"):
        for named in named_dates(text, language):
            assert 0 <= named.start < named.end <= len(text)
            if named.month is not None:
                date(named.year or 2000, named.month, named.day or 1)
        assert all(period.first <= period.last for period in periods_in(text, language))

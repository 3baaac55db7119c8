"""What programs state as a date, in all the forms that real files have."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates.months import _BY_LANGUAGE
from rag.text.dates.stated import iso_date, line_date

DAY = "2024-05-16"

IN_HAN = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    "value",
    [
        *("16/05/2024", "16/5/2024", "16-05-2024", "16.05.2024", "5/16/2024", "16 / 05 / 2024"),
        *("2024/05/16", "2024/5/16", "2024.05.16", "2024-5-16", "20240516", "2024-W20-4"),
        *("2024年5月16日", "2024 年 05 月 16 日", "2024年5月16號", "二〇二四年五月十六日"),
        *("二零二四年五月十六号", "２０２４年５月１６日", "２０２４／０５／１６"),
        *("Thứ Năm, ngày 16 tháng 5 năm 2024", "16 Thg 5 2024", "16 thg 5, 2024", "16 Th5 2024"),
        *("Tháng Năm 16, 2024", "Th5 16, 2024", "16 tháng Năm, 2024", "Ngày 16 tháng 05, 2024"),
        *("T5, 16/05/2024", "CN 16/05/2024", "16 thang 5 nam 2024", "16 tháng 5/2024"),
        *("16 May 2024", "16th of May, 2024", "May 16, 2024", "May 16th 2024", "16-May-2024"),
        *("16May2024", "2024-May-16", "2024 May 16", "Thu, 16 May 2024", "Thu,16 May 2024"),
        *("16 mai 2024", "16 de mayo de 2024", "16. Mai 2024", "16 maggio 2024", "16 mei 2024"),
        *("16 maja 2024 r.", "16. května 2024", "16 мая 2024 г.", "16 Mayıs 2024", "16 maj 2024"),
        *("16 พฤษภาคม 2567", "16 พฤษภาคม พ.ศ. 2567", "16 พ.ค. 2567", "16/05/2567 (พ.ศ.)"),
        *("16 May B.E. 2567", "16/05/B.E. 2567", "16 พฤษภาคม ค.ศ. 2024"),
        *("民國113年5月16日", "民国113年05月16日", "中華民國一一三年五月十六日", "民國113/05/16"),
        *("令和6年5月16日", "2024년 5월 16일", "2024. 5. 16.", "2024. május 16."),
    ],
)
def test_a_day_is_read_in_any_form(value: str) -> None:
    assert iso_date(value) == DAY


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("Thu, 16 May 2024 09:05:00 +0700", "09:05:00+07:00"),
        ("Thu, 16 May 2024 09:05 +07:00", "09:05:00+07:00"),
        ("16 May 2024 09:05:07 GMT", "09:05:07+00:00"),
        ("16 May 24 09:05:07 UT", "09:05:07+00:00"),
        ("Thursday, 16-May-24 09:05:07 GMT", "09:05:07+00:00"),
        ("Thu, 16 May 2024 09:05:00 GMT+7", "09:05:00+07:00"),
        ("Thu, 16 May 2024 09:05:00 GMT+0700", "09:05:00+07:00"),
        ("Thu, 16 May 2024 09:05:00 EDT", "09:05:00-04:00"),
        ("Thu, 16 May 2024 09:05:00 -0000", "09:05:00"),
        ("Thu May 16 09:05:00 2024", "09:05:00"),
        ("Thu May 16 09:05:00 +0700 2024", "09:05:00+07:00"),
        ("Thu May 16 09:05:00 ICT 2024", "09:05:00+07:00"),
        ("Thu May 16 2024 09:05:00 GMT+0700 (Indochina Time)", "09:05:00+07:00"),
        ("2024-05-16T09:05:00+07:00", "09:05:00+07:00"),
        ("2024-05-16T09:05:00.123Z", "09:05:00+00:00"),
        ("2024-05-16t09:05z", "09:05:00+00:00"),
        ("2024-05-16T09:05+07", "09:05:00+07:00"),
        ("2024-05-16 09:05:00 +0700", "09:05:00+07:00"),
        ("2024-05-16 09:05:00.5 UTC", "09:05:00+00:00"),
        ("2024-05-16T09:05:00.000+0700[Asia/Ho_Chi_Minh]", "09:05:00+07:00"),
        ("20240516T090500Z", "09:05:00+00:00"),
        ("20240516090500", "09:05:00"),
        ("20240516 09:05", "09:05:00"),
        ("202405160905", "09:05:00"),
        ("16/May/2024:09:05:00 +0700", "09:05:00+07:00"),
        ("16/05/2024 09:05 (GMT+7)", "09:05:00+07:00"),
        ("16/05/2024 09:05 UTC+07:00", "09:05:00+07:00"),
        ("16/05/2024 09:05 ICT", "09:05:00+07:00"),
        ("16/05/2024 | 09:05 (giờ Việt Nam)", "09:05:00+07:00"),
        ("T5, 16/05/2024 - 09:05", "09:05:00"),
        ("09h05, 16/05/2024", "09:05:00"),
        ("16/05/2024 9g05", "09:05:00"),
        ("9 giờ 05 phút ngày 16/05/2024", "09:05:00"),
        ("16/05/2024 9:05 SA", "09:05:00"),
        ("16/05/2024 9:05 CH", "21:05:00"),
        ("16/05/2024 9 giờ tối", "21:00:00"),
        ("16/05/2024 12:05 SA", "00:05:00"),
        ("5/16/2024 9:05:00 PM", "21:05:00"),
        ("May 16, 2024 9.05 pm", "21:05:00"),
        ("May 16, 2024 at 9PM", "21:00:00"),
        ("2024年05月16日 上午9:05", "09:05:00"),
        ("2024年05月16日 下午9时5分", "21:05:00"),
        ("2024年5月16日晚上9點05分", "21:05:00"),
        ("2024年5月16日 凌晨0:05", "00:05:00"),
        ("2024年5月16日 中午12点", "12:00:00"),
        ("2024-05-16 09:05 北京时间", "09:05:00+08:00"),
        ("2024년 5월 16일 오후 9:05", "21:05:00"),
        ("16.05.2024 um 09:05 Uhr", "09:05:00"),
        ("16/05/2024 09:05-11:30", "09:05:00"),
    ],
)
def test_the_time_and_the_zone_are_kept_as_they_are_stated(value: str, time: str) -> None:
    assert iso_date(value) == f"{DAY}T{time}"


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "now", "yesterday", "hôm nay", "昨天", "soon", "n/a", "-"),
        # Parts are missing: they are not filled in.
        *("2024", "05/2024", "tháng 5/2024", "2024年5月", "May 2024", "16/05", "16 May", "5月16日"),
        *("09:05", "Thu, 09:05", "Thứ Năm"),
        # There is no such day.
        *("31/04/2024", "2024-02-30", "2023年2月29日", "32/01/2024", "2024-13-01", "20240231"),
        *("0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00", "2024年5月16国"),
        # What programs write that have no date.
        *("1970-01-01T00:00:00Z", "1970-01-01T07:00:00+07:00", "1970-01-01 00:00:00"),
        *("0", "-1", "100000000", "99999999999999999"),
        # The year is stated in no calendar, or the calendar is that of the moon.
        *(
            "113年5月16日",
            "113/05/16",
            "16/05/24",
            "16/05/2567",
            "16/5/2024 âm lịch",
            "农历2024年五月十六",
        ),
        # Either may be the month.
        *("3/8/2024", "03-08-2024"),
        # Two days.
        *("2024-05-16/2024-05-18", "16/05/2024 - 18/05/2024"),
    ],
)
def test_what_is_not_understood_is_no_date(value: str) -> None:
    assert iso_date(value, first_year=1000) is None


@pytest.mark.parametrize(
    ("value", "day_first", "expected"),
    [
        ("3/8/2024", True, "2024-08-03"),
        ("3/8/2024", False, "2024-03-08"),
        ("3.8.2024", None, "2024-08-03"),
        ("03/08/2024 10:00 GMT+7", None, "2024-08-03T10:00:00+07:00"),
        ("3/8/2024 10:00:00 AM", None, "2024-03-08T10:00:00"),
        ("03/08/2024 10:00 EST", None, "2024-03-08T10:00:00-05:00"),
        # A zero before the month is not American.
        ("03/08/2024 10:00 AM", None, None),
        # An American form in a document that has days first.
        ("3/8/2024 10:00:00 AM", True, None),
        ("13/8/2024 10:00:00 AM", True, "2024-08-13T10:00:00"),
        ("8/13/2024", True, "2024-08-13"),
        ("8/8/2024", None, "2024-08-08"),
    ],
)
def test_the_order_of_two_numbers(value: str, day_first: bool | None, expected: str | None) -> None:
    assert iso_date(value, day_first=day_first) == expected


def test_the_name_that_china_and_america_give_their_times_counts_in_chinese() -> None:
    assert iso_date("2024-05-16 09:05 CST", chinese=True) == f"{DAY}T09:05:00+08:00"
    assert iso_date("2024-05-16 09:05 CST") == f"{DAY}T09:05:00"


@given(st.dates(date(1990, 1, 1), date(2069, 12, 31)))
def test_any_day_is_read_back_the_same_in_all_forms(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    han_year = "".join(IN_HAN[int(each)] for each in str(y))
    vietnamese = _BY_LANGUAGE["vi"][m - 1][0]
    forms = [
        *(f"{d}/{m}/{y}", f"{d:02}/{m:02}/{y}", f"{d:02}-{m:02}-{y}", f"{d}.{m}.{y}"),
        *(f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}", f"{y}-{m}-{d}", f"{y}{m:02}{d:02}"),
        *(f"{y}年{m}月{d}日", f"{han_year}年{_han(m)}月{_han(d)}日", f"民國{y - 1911}年{m}月{d}日"),
        *(f"ngày {d} tháng {m} năm {y}", f"{d} tháng {vietnamese} năm {y}", f"{d} Thg {m} {y}"),
        *(f"{d} {day:%B} {y}", f"{day:%b} {d}, {y}", f"{d:02}-{day:%b}-{y}", f"{y}-{day:%b}-{d}"),
        *(f"{d} {_BY_LANGUAGE['th'][m - 1][0]} {y + 543}", f"{d} {day:%B} B.E. {y + 543}"),
    ]
    forms += [
        f"{d} {_BY_LANGUAGE[language][m - 1][0]} {y}"
        for language in _BY_LANGUAGE
        if language not in ("vi", "th")
    ]
    for form in forms:
        assert iso_date(form, day_first=True, first_year=1000) == day.isoformat(), form


def _han(number: int) -> str:
    """Write a day or a month in Han characters."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{IN_HAN[tens]}十"
    return head + (IN_HAN[ones] if ones or not tens else "")


ZONES = st.integers(-47, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2069, 12, 31), timezones=ZONES),
)
def test_any_moment_is_read_back_the_same(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    offset = f"{moment:%z}"
    for form in (
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S} {offset}",
        f"{moment:%a, %d %b %Y %H:%M:%S} {offset}",
        f"{moment:%d/%m/%Y %H:%M:%S} GMT{offset[:3]}:{offset[3:]}",
        f"{moment:%Y年%m月%d日 %H时%M分%S秒} (UTC{offset[:3]}:{offset[3:]})",
        f"{moment:%Y%m%dT%H%M%S}{offset}",
    ):
        assert iso_date(form, day_first=True) == moment.isoformat(), form
    for unit in (1, 1_000, 1_000_000):
        counted = iso_date(str(int(moment.timestamp()) * unit))
        assert counted == moment.astimezone(UTC).isoformat()


@given(st.text() | st.text("0123456789/-.年月日: TZ+APMthgáng", max_size=30))
def test_any_text_is_read_as_a_whole_date_or_none(text: str) -> None:
    found = iso_date(text, day_first=True)
    assert found is None or datetime.fromisoformat(found).year >= 1990


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("发布时间：2024-05-16 09:05", f"{DAY}T09:05:00"),
        ("發布日期：民國113年5月16日", DAY),
        ("Ngày đăng: 16/05/2024", DAY),
        ("Đăng lúc 09:05 16/05/2024", f"{DAY}T09:05:00"),
        ("Published on May 16, 2024", DAY),
        ("T5, 16/05/2024 - 09:05 (GMT+7)", f"{DAY}T09:05:00+07:00"),
        ("CN, 19/05/2024", "2024-05-19"),
        ("Cập nhật giá vàng 16/05/2024", None),
        ("Published on May 16, 2024 by the council", None),
    ],
)
def test_a_line_may_say_that_its_date_is_that_of_publication(
    line: str, expected: str | None
) -> None:
    assert line_date(line) == expected


def test_a_line_whose_order_is_not_known_is_no_date() -> None:
    assert line_date("03/08/2024", day_first=None) is None
    assert line_date("03/08/2024") == "2024-08-03"

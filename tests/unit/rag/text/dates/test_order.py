from __future__ import annotations

import pytest

from rag.text.dates.order import day_first_in, day_first_of_all, is_chinese

VI = "Hội đồng nhân dân thành phố họp phiên cuối năm để bàn về ngân sách."


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("vi", "", True),
        ("vi-VN", "", True),
        (None, VI, True),
        # The letters of a text say more than what a program states of it.
        ("en-US", VI, True),
        ("en_GB", "", True),
        ("fr", "", True),
        ("en-us", "", False),
        ("en", "The council met.", None),
        ("zh", "市议会举行会议", None),
        (None, "", None),
    ],
)
def test_the_language_of_a_document_tells_the_order(
    language: str | None, text: str, expected: bool | None
) -> None:
    assert day_first_in(language, text) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["3/8/2024", "16/05/2024"], True),
        (["3/8/2024", "05/16/2024 10:00"], False),
        (["3/8/2024", "16/05/2024", "05/16/2024"], None),
        (["3/8/2024", "2024-05-16", "35/40/2024"], None),
        ([], None),
    ],
)
def test_dates_of_one_column_stand_in_one_order(values: list[str], expected: bool | None) -> None:
    assert day_first_of_all(values) is expected


def test_chinese_is_told_from_japanese() -> None:
    assert is_chinese("市議會舉行年度最後一次會議。")
    assert not is_chinese("市議会は今年最後の会議を開いた。")
    assert not is_chinese("The council met.")

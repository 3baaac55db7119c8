"""Headers, footers and page numbers."""

from __future__ import annotations

import pytest

from tests.pdf_file import Words, wrapped
from tests.unit.rag.readers.pdf.pages import EN, VI, centred, paragraphs_of, stacked, text_of


@pytest.mark.parametrize(
    "number", ["{}", "- {} -", "第{}页", "Trang {}", "Page {} of 30", "{}/30", "第 {} 页 共 30 页"]
)
def test_headers_footers_and_page_numbers_are_left_out(number: str) -> None:
    pages = [
        [
            Words(50, 810, 8, f"Tạp chí Khoa học số {i}"),
            *wrapped(f"Bài {'abcd'[i]}: {text}", x=50, top=770, width=400),
            centred(number.format(i + 7), 30, 8),
        ]
        for i, text in enumerate([VI, EN, VI, EN])
    ]
    assert paragraphs_of(*pages) == [
        f"Bài {'abcd'[i]}: {text}" for i, text in enumerate([VI, EN, VI, EN])
    ]


def test_what_repeats_on_two_pages_or_in_the_middle_stays() -> None:
    header = Words(50, 810, 8, "Tạp chí Khoa học")
    middle = Words(50, 500, 10, "Lặp lại ở giữa trang.")
    bodies = [
        [
            *stacked([f"{name} {VI}"] * 3, x=50, top=770, width=400),
            middle,
            *stacked([f"{name} {EN}"] * 3, x=50, top=400, width=400),
        ]
        for name in ("một", "hai", "ba")
    ]
    assert text_of([header, *bodies[0]], [header, *bodies[1]]).count("Tạp chí") == 2
    assert text_of(*bodies).count("Lặp lại") == 3


def test_chapter_headings_at_the_top_of_pages_stay() -> None:
    texts = [VI, EN, VI.upper()]
    pages = [
        [Words(50, 780, 16, f"Chương {i + 1}"), *wrapped(text, x=50, top=750, width=400)]
        for i, text in enumerate(texts)
    ]
    assert paragraphs_of(*pages)[::2] == ["Chương 1", "Chương 2", "Chương 3"]


def test_pages_that_say_the_same_and_no_more_keep_it() -> None:
    assert text_of(*[[Words(50, 780, 10, "Giấy mời họp")]] * 3).count("Giấy mời họp") == 3

"""The order in which the text of a page is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tests.pdf_file import Words, width_of, wrapped
from tests.unit.rag.readers.pdf.pages import (
    EN,
    VI,
    ZH,
    centred,
    numbered,
    paragraphs_of,
    stacked,
    text_of,
)

TABLE = ((60, "Châu Phú"), (292, "13.150"))


def row_by_row(words: Sequence[Words]) -> list[Words]:
    return sorted(words, key=lambda each: (-each.y, each.x))


@pytest.mark.parametrize("text", [VI, ZH, EN])
@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_are_read_one_after_the_other(text: str, shift: float) -> None:
    left, right = numbered(text, 3), numbered(text[::-1].replace(".", "x"), 3)
    page = [
        *stacked(left, x=50, top=780, width=240),
        *stacked(right, x=302, top=780 - shift, width=240),
    ]
    # The order in the file does not count.
    assert paragraphs_of(page) == paragraphs_of(row_by_row(page)) == left + right


def test_three_columns_with_full_width_text_above_and_below() -> None:
    columns = [numbered(f"{name}: {EN}", 2) for name in ("one", "two", "three")]
    page = [
        centred("Ba cột trên một trang", 800, 18),
        *wrapped(VI, x=50, top=770, width=495),
        *(
            words
            for i, column in enumerate(columns)
            for words in stacked(column, x=50 + i * 170, top=700, width=150)
        ),
        *wrapped("Kết luận: " + VI, x=50, top=300, width=495),
    ]
    assert paragraphs_of(row_by_row(page)) == [
        "Ba cột trên một trang",
        VI,
        *(paragraph for column in columns for paragraph in column),
        "Kết luận: " + VI,
    ]


def test_columns_whose_lines_are_between_each_others() -> None:
    left = [Words(50, each.y * 4 / 3 - 300, 10, each.text)
            for each in stacked(numbered(VI, 2), x=50, top=780, width=240)]  # fmt: skip
    right = [Words(302, each.y - 8, 10, each.text.upper()) for each in left]
    text = text_of(row_by_row([*left, *right]))
    assert text.index("(1a)") < text.index("(0A)") < text.index("(1A)")


def test_three_columns_whose_lines_have_different_heights() -> None:
    columns = [numbered(f"{name}: {EN}", 2) for name in ("one", "two", "three")]
    page = [
        words
        for i, column in enumerate(columns)
        for words in stacked(column, x=50 + i * 170, top=700 - 7 * i, width=150)
    ]
    assert paragraphs_of(row_by_row(page)) == [
        paragraph for column in columns for paragraph in column
    ]


def test_a_table_whose_gap_ends_in_a_gutter_does_not_hide_it() -> None:
    left, right = numbered(EN, 2), numbered(VI, 2)
    page = [
        *stacked(left, x=50, top=700, width=240),
        *stacked(right, x=304, top=700, width=240),
        # Its rows cross the gutter's middle; its wide gap ends a little right of the columns' edge.
        *(Words(x, 420 - 14 * row, 10, text) for row in range(12) for x, text in TABLE),
    ]
    assert paragraphs_of(row_by_row(page))[:4] == left + right


def test_centred_heading_above_three_columns_comes_first() -> None:
    columns = [
        words
        for i, name in enumerate(["one", "two", "three"])
        for words in wrapped(f"{name}: {EN}", x=50 + i * 170, top=700, width=150)
    ]
    text = text_of([*columns, centred("Tin vắn", 716, 10, middle=295)])
    assert re.findall(r"Tin vắn|\w+(?=:)", text) == ["Tin vắn", "one", "two", "three"]


def test_heading_below_two_columns_is_read_after_both() -> None:
    page = [
        *wrapped("Left. " + EN, x=50, top=780, width=240),
        *wrapped("Right. " + EN, x=302, top=780, width=240),
        Words(50, 660, 10, "2. Results"),
        *wrapped(VI, x=50, top=640, width=495),
    ]
    assert paragraphs_of(page) == ["Left. " + EN, "Right. " + EN, "2. Results", VI]


def test_columns_change_their_number_on_a_page() -> None:
    page = [
        *wrapped("a " + EN, x=50, top=780, width=240),
        *wrapped("b " + EN, x=302, top=780, width=240),
        *wrapped("c " + EN, x=50, top=650, width=495),
        *wrapped("d " + EN, x=50, top=600, width=150),
        *wrapped("e " + EN, x=220, top=600, width=150),
        *wrapped("f " + EN, x=390, top=600, width=150),
    ]
    assert [paragraph[0] for paragraph in paragraphs_of(row_by_row(page))] == list("abcdef")


def test_table_is_read_row_by_row() -> None:
    cells = [("Năm", "Số nước", "Tỷ lệ", "Ghi chú"), *((f"20{i}", f"{i} nước", f"{i},5%", "tăng")
             for i in range(11, 16))]  # fmt: skip
    page = [
        Words(50 + 130 * column, 780 - 14 * row, 10, cell)
        for row, line in enumerate(cells)
        for column, cell in enumerate(line)
    ]
    assert paragraphs_of(page) == [" ".join(line) for line in cells]


def test_narrow_table_is_read_row_by_row() -> None:
    names = ["Hà Nội", "Đà Nẵng", "Cần Thơ", "Hải Dương", "Nha Trang"]
    page = [
        words
        for i, name in enumerate(names)
        for words in (Words(50, 780 - 14 * i, 10, name), Words(110, 780 - 14 * i, 10, f"{i} triệu"))
    ]
    assert paragraphs_of(page) == [f"{name} {i} triệu" for i, name in enumerate(names)]


def test_gaps_in_justified_lines_are_no_columns() -> None:
    words = VI.split()
    page = []
    for i in range(12):
        # A gap as wide as one between columns, at another place in all lines except two.
        left = f"l{i:02} " + " ".join(words[: 4 + i // 2 % 5])
        right = Words(
            50 + width_of(left, 10) + 9, 780 - 12 * i, 10, " ".join([*words[4:12], "hóa"])
        )
        page += [Words(50, 780 - 12 * i, 10, left), right]
    assert re.findall(r"l(\d\d)|(hóa)", text_of(page)) == [
        pair for i in range(12) for pair in ((f"{i:02}", ""), ("", "hóa"))
    ]


@pytest.mark.parametrize("text", [VI, ZH, f"“{EN}”"])
def test_large_first_letters_belong_to_their_word(text: str) -> None:
    # pdfium does not return a single character of a font without outlines.
    size, letters = 34.0, 2
    beside = 50 + width_of(text[:letters], size) + 3
    lines = wrapped(text[letters:], x=beside, top=700, width=290 - beside)
    rest = wrapped(
        " ".join(line.text for line in lines[2:])
        if text != ZH
        else "".join(line.text for line in lines[2:]),
        x=50,
        top=lines[1].y - (lines[0].y - lines[1].y),
        width=240,
    )
    page = [
        Words(50, lines[1].y, size, text[:letters]),
        *lines[:2],
        *rest,
        *stacked([text, text], x=310, top=700, width=240),
    ]
    assert paragraphs_of(page) == [text] * 3

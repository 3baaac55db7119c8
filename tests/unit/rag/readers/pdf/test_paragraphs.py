"""Paragraphs, and their pages."""

from __future__ import annotations

import pytest

from rag.readers.pdf.text import pdf_text
from tests.pdf_file import Words, pdf_file, wrapped
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


@pytest.mark.parametrize("text", [VI, ZH, EN])
@pytest.mark.parametrize("width", [200, 400])
def test_wrapped_lines_are_joined(text: str, width: float) -> None:
    assert text_of(wrapped(text, x=50, top=780, width=width)) == text


@pytest.mark.parametrize("text", [VI, ZH, EN])
def test_larger_gap_indent_and_short_line_part_paragraphs(text: str) -> None:
    texts = numbered(text, 3)
    indented: list[Words] = []
    for each in texts:
        top = indented[-1].y - 12 if indented else 780
        indented += wrapped(each, x=50, top=top, width=340, indent=20)
    for page in (
        stacked(texts, x=50, top=780, width=340, gap=6),
        stacked(texts, x=50, top=780, width=340, gap=0),
        indented,
    ):
        assert paragraphs_of(page) == texts


def test_indent_alone_parts_paragraphs() -> None:
    page = [
        Words(70, 780, 10, "The members met and then"),
        Words(50, 768, 10, "they all left for home again"),
        Words(70, 756, 10, "Others stayed for a week"),
        Words(50, 744, 10, "and saw what there was to it"),
    ]
    assert [paragraph[:6] for paragraph in paragraphs_of(page)] == ["The me", "Others"]


def test_larger_gap_alone_parts_paragraphs() -> None:
    full = wrapped(EN, x=50, top=780, width=200)[:4]
    page = [*full, *(Words(50, each.y - 54, 10, each.text) for each in full)]
    assert len(paragraphs_of(page)) == 2


def test_no_new_paragraph_where_a_full_line_ends_a_sentence() -> None:
    page = [
        Words(50, 780, 10, "The members met in the capital on Monday."),
        Words(50, 768, 10, "They adopted a resolution, and in the end"),
        Words(50, 756, 10, "they left."),
    ]
    assert len(paragraphs_of(page)) == 1


def test_headings_and_items_stand_by_themselves() -> None:
    page = [
        *wrapped(VI, x=50, top=780, width=400),
        Words(50, 744, 13, "Kết quả và thảo luận"),
        *wrapped("• " + VI, x=60, top=728, width=390),
        *wrapped("• " + EN, x=60, top=728 - 36, width=390),
        Words(50, 728 - 72, 10, "1. Mở đầu"),
        *wrapped(ZH, x=50, top=728 - 84, width=400),
    ]
    assert paragraphs_of(page) == [
        VI,
        "Kết quả và thảo luận",
        f"• {VI}",
        f"• {EN}",
        "1. Mở đầu",
        ZH,
    ]


def test_larger_type_parts_a_heading_as_wide_as_its_text() -> None:
    page = [
        Words(50, 780, 13, "A report on the talks of the members"),
        Words(50, 767, 10, "The members met in the capital on Monday to talk,"),
        Words(50, 755, 10, "and left."),
    ]
    assert [paragraph[:5] for paragraph in paragraphs_of(page)] == ["A rep", "The m"]


def test_hanging_indent_is_one_paragraph() -> None:
    page = [
        Words(50, 780, 10, "Nguyen Van An and Tran Thi Binh, A history of the"),
        Words(70, 768, 10, "region and of those who live there, volume two,"),
        Words(70, 756, 10, "Hanoi"),
        Words(50, 744, 10, "Pham Duc and Le Hoa, The sea and its law and what"),
        Words(70, 732, 10, "they mean to us, Hue"),
    ]
    assert [paragraph[:6] for paragraph in paragraphs_of(page)] == ["Nguyen", "Pham D"]


def test_double_spaced_lines_are_one_paragraph() -> None:
    lines = wrapped(EN, x=50, top=780, width=200)
    spaced = [Words(50, 700 - 24 * i, 10, each.text) for i, each in enumerate(lines)]
    single = stacked(numbered(VI, 3), x=50, top=420, width=200)
    assert paragraphs_of([*spaced, *single])[0] == EN


def test_centred_title_of_two_lines_is_one() -> None:
    title = ["Resolution on cooperation between the", "organisations"]
    page = [
        *(centred(line, 780 - 20 * i, 16) for i, line in enumerate(title)),
        *wrapped(VI, x=50, top=730, width=495),
    ]
    assert paragraphs_of(page) == [" ".join(title), VI]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("the whole inter-", "national order", "the whole international order"),
        ("a state-of-the-", "art method for all", "a state-of-the-art method for all"),
        ("a well-known man, a well-", "known woman", "a well-known man, a well-known woman"),
        ("what we call COVID-", "19 and its end", "what we call COVID-19 and its end"),
        ("the Anglo-", "American talks", "the Anglo-American talks"),
        ("Việt Nam -", "Trung Quốc và", "Việt Nam - Trung Quốc và"),
        ("soft hyphen inter\u00ad", "national", "soft hyphen international"),
        ("联合国大会在2020", "年通过了决议", "联合国大会在2020年通过了决议"),
        ("他说：", "“会议结束了", "他说：“会议结束了"),
        ("包括：", "Python 语言", "包括：Python 语言"),
        ("我们学习 Python", "语言已经很久", "我们学习 Python 语言已经很久"),
    ],
)
def test_what_stands_between_two_lines(first: str, second: str, joined: str) -> None:
    assert text_of([Words(50, 780, 10, first), Words(50, 768, 10, second)]) == joined


@pytest.mark.parametrize("text", [VI, ZH, EN])
def test_paragraph_goes_on_over_a_page_with_its_exact_place(text: str) -> None:
    lines = wrapped(text, x=50, top=780, width=200)
    # Up to a line that begins with a small letter or a Han character.
    cut = next(i for i in range(2, 9) if not lines[i].text[0].isupper())
    after = wrapped(EN, x=50, top=600, width=200)
    read = pdf_text(pdf_file([lines[:cut], [*lines[cut:], *after]]))
    assert read.text == f"{text}\n\n{EN}"
    assert read.pages[0] == 0
    assert read.text[read.pages[1] :].startswith(lines[cut].text)


def test_page_begins_within_a_parted_word() -> None:
    one = [Words(50, 780, 10, "They spoke of the inter-")]
    read = pdf_text(pdf_file([one, [Words(50, 780, 10, "national order")]]))
    assert read.text == "They spoke of the international order"
    assert read.text[read.pages[1] :] == "national order"


def test_paragraph_goes_on_in_the_next_column_with_a_name() -> None:
    lines = wrapped(EN, x=50, top=780, width=240)
    left = [*lines[:-1], Words(50, lines[-1].y, 10, "which had drafted it and so the ministers of")]
    right = wrapped("Việt Nam signed it. " + EN, x=310, top=780, width=240)
    assert len(paragraphs_of([*left, *right])) == 1
    ended = [*lines[:-1], Words(50, lines[-1].y, 10, "which had drafted it, and so they all left.")]
    assert len(paragraphs_of([*ended, *right])) == 2


def test_pages_begin_at_their_paragraphs_and_empty_ones_at_the_next() -> None:
    read = pdf_text(
        pdf_file([[], [Words(50, 780, 10, "Một.")], [], [Words(50, 780, 10, "Hai.")], []])
    )
    assert read.text == "Một.\n\nHai."
    assert read.pages == (0, 0, 6, 6, len(read.text))

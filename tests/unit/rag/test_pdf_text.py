from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.readers.pdf_text import _PDFIUM, PdfText, pdf_text
from tests.pdf_file import Words, pdf_file, width_of, wrapped

VI = (
    "Đại hội đồng Liên Hợp Quốc thông qua nghị quyết về hợp tác với ASEAN hôm thứ Hai, sau ba ngày"
    " thảo luận giữa các nước thành viên về kinh tế, văn hóa và giáo dục trong khu vực."
)
ZH = (
    "联合国大会星期一通过了关于同东盟合作的决议，越南代表十国主持了案文的谈判，"
    "并对各国在2020年的支持表示感谢，会议将在秋天继续讨论海洋法和经济复苏等问题。"
)
EN = (
    "The General Assembly adopted a resolution on cooperation with the association on Monday after"
    " three days of talks, and the members thanked the ten states which had drafted its text."
)


def text_of(*pages: Sequence[Words]) -> str:
    return pdf_text(pdf_file(pages)).text


def paragraphs_of(*pages: Sequence[Words]) -> list[str]:
    return text_of(*pages).split("\n\n")


def numbered(text: str, count: int) -> list[str]:
    return [f"({i}a) {text}" for i in range(count)]


def stacked(
    paragraphs: Sequence[str], *, x: float, top: float, width: float, gap: float = 6
) -> list[Words]:
    """Paragraphs below each other."""
    found: list[Words] = []
    for paragraph in paragraphs:
        lines = wrapped(paragraph, x=x, top=top, width=width)
        top = lines[-1].y - 12 - gap
        found += lines
    return found


def centred(text: str, y: float, size: float, middle: float = 297) -> Words:
    return Words(middle - width_of(text, size) / 2, y, size, text)


def row_by_row(words: Sequence[Words]) -> list[Words]:
    return sorted(words, key=lambda each: (-each.y, each.x))


# Reading order


@pytest.mark.parametrize("text", [VI, ZH, EN])
@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_are_read_one_after_the_other(text: str, shift: float) -> None:
    left, right = numbered(text, 3), numbered(text[::-1].replace(".", "x"), 3)
    page = [
        *stacked(left, x=50, top=780, width=240),
        *stacked(right, x=302, top=780 - shift, width=240),
    ]
    # In whatever order the file has them.
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
        # A gap as wide as that between columns, elsewhere in every line but two.
        left = f"l{i:02} " + " ".join(words[: 4 + i // 2 % 5])
        right = Words(
            50 + width_of(left, 10) + 9, 780 - 12 * i, 10, " ".join([*words[4:12], "hóa"])
        )
        page += [Words(50, 780 - 12 * i, 10, left), right]
    assert re.findall(r"l(\d\d)|(hóa)", text_of(page)) == [
        pair for i in range(12) for pair in ((f"{i:02}", ""), ("", "hóa"))
    ]


# Paragraphs


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
    # Down to where the next line begins with a small letter or a Han character.
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


# Running headers


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


# Characters


def test_ligatures_and_radicals_become_what_they_stand_for_and_digits_stay() -> None:
    text = "ﬁnal oﬃce ⼈⺠⻓⽕ m² ① １２ x₂ ½"
    assert text_of([Words(50, 780, 10, text)]) == "final office 人民长火 m² ① １２ x₂ ½"


def test_vietnamese_is_composed() -> None:
    text = unicodedata.normalize("NFD", VI)
    assert text != VI
    assert text_of(wrapped(text, x=50, top=780, width=200)) == VI


def test_characters_beyond_the_basic_plane() -> None:
    assert text_of([Words(50, 780, 10, "𠀀𠮷 và 😀")]) == "𠀀𠮷 và 😀"


def test_no_control_characters() -> None:
    assert (
        text_of([Words(50, 780, 10, "a\x00b\x01c\x0bd\u200be\ufefff\u202eg \uf0b7 h")])
        == "abc defg • h"
    )


def test_han_characters_set_wide_have_no_spaces_between_them() -> None:
    assert text_of([Words(50, 780, 10, "联合国大会通过了决议", spread=4)]) == "联合国大会通过了决议"
    assert text_of([Words(50, 780, 10, "the end", spread=0.5)]) == "the end"


def test_gap_between_a_year_and_han_characters_is_no_space() -> None:
    pieces = [
        Words(50, 780, 10, "会议在"),
        Words(83, 780, 10, "2020"),
        Words(106, 780, 10, "年结束"),
    ]
    assert text_of(pieces) == "会议在2020年结束"
    assert text_of([Words(50, 780, 10, "the"), Words(68, 780, 10, "2020")]) == "the 2020"


# Turned and unseen text


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_page_is_read_like_another(angle: int) -> None:
    turned = [
        {
            90: Words(842 - each.y, each.x, 10, each.text, 90),
            180: Words(595 - each.x, 842 - each.y, 10, each.text, 180),
            270: Words(each.y - 300, 800 - each.x, 10, each.text, 270),
        }[angle]
        for each in stacked([VI, EN], x=50, top=780, width=400)
    ]
    assert paragraphs_of(turned) == [VI, EN]


def test_stamps_and_slanted_text_are_left_out_and_text_behind_a_scan_is_read() -> None:
    page = [
        Words(20, 300, 12, "arXiv:2011.12345v1 [cs.CL]", 90),
        Words(100, 300, 60, "DRAFT", 45),
        *(Words(each.x, each.y, 10, each.text, invisible=True)
          for each in wrapped(VI, x=50, top=780, width=400)),
    ]  # fmt: skip
    assert text_of(page) == VI


def test_text_beside_the_page_is_left_out() -> None:
    assert text_of([Words(50, 780, 10, "Trong."), Words(50, 900, 10, "Ngoài.")]) == "Trong."


# What the file says of itself


def read_info(title: str = "", author: str = "") -> PdfText:
    data = pdf_file([[Words(50, 780, 10, "x.")]], title=title, author=author)
    return pdf_text(data)


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Nghị quyết về hợp tác", "Nghị quyết về hợp tác"),
        ("关于合作的决议", "关于合作的决议"),
        ("Node.js in practice", "Node.js in practice"),
        ("", None),
        ("Untitled", None),
        ("Microsoft Word - x.doc", None),
        ("bai viet.docx", None),
        ("Document1", None),
        ("无标题", None),
    ],
)
def test_title(title: str, read: str | None) -> None:
    assert read_info(title=title).title == read


@pytest.mark.parametrize(
    ("author", "read"),
    [
        ("Nguyễn Văn An", ("Nguyễn Văn An",)),
        ("Nguyễn Văn An, Trần Bình; Lê Hoa", ("Nguyễn Văn An", "Trần Bình", "Lê Hoa")),
        ("Smith, John", ("Smith, John",)),
        ("John Smith and Jane Doe", ("John Smith", "Jane Doe")),
        ("王小明、李华", ("王小明", "李华")),
        ("Administrator", ()),
        ("", ()),
    ],
)
def test_authors(author: str, read: tuple[str, ...]) -> None:
    assert read_info(author=author).authors == read


# What cannot be read


def refused(data: bytes, most_pages: int = 5000) -> str:
    with pytest.raises(ValueError, match=r"\w") as caught:
        pdf_text(data, most_pages=most_pages)
    return str(caught.value)


def test_encrypted_file_is_refused_unless_its_password_is_empty() -> None:
    page = wrapped(VI, x=50, top=780, width=300)
    assert refused(pdf_file([page], password="secret")) == "it is encrypted"
    read = pdf_text(pdf_file([page], password="", title="Nghị quyết"))
    assert (read.text, read.title) == (VI, "Nghị quyết")


def test_other_files_and_empty_ones_are_refused() -> None:
    assert {refused(data) for data in (b"", b"%PDF-1.4\n", b"<html></html>", bytes(9999))} == {
        "it is no PDF or is cut off"
    }


def test_file_without_text_is_refused() -> None:
    for words in ([], [Words(50, 780, 10, " \x01 ")]):
        assert refused(pdf_file([words])) == "there is no text in it, only pictures"


def test_file_with_too_many_pages_is_refused() -> None:
    data = pdf_file([[Words(50, 780, 10, "a")]] * 4)
    assert refused(data, most_pages=3) == "it has more than 3 pages"
    assert len(pdf_text(data, most_pages=4).pages) == 4


def test_file_that_lost_its_end_is_read() -> None:
    data = pdf_file([wrapped(VI, x=50, top=780, width=300)])
    assert pdf_text(data[: data.rindex(b"startxref")]).text == VI


WHOLE = pdf_file(
    [stacked([VI, ZH, EN], x=50, top=780, width=240), wrapped(EN, x=302, top=780, width=240)],
    title="Nghị quyết",
    author="A B",
)


REASONS = (
    "",
    "it is encrypted",
    "it is no PDF or is cut off",
    "there is no text in it, only pictures",
    "it has more than 5000 pages",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    end=st.integers(0, 2 * len(WHOLE)),
    flips=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=30),
)
def test_any_bytes_give_text_or_a_reason(end: int, flips: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in flips:
        data[place] = byte
    try:
        read = pdf_text(bytes(data[:end]))
    except ValueError as error:
        reason = str(error)
    else:
        reason = ""
        assert_sound(read)
    assert reason in REASONS


def assert_sound(read: PdfText) -> None:
    assert read.text == unicodedata.normalize("NFC", read.text).strip()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\n{3}", read.text)
    assert list(read.pages) == sorted(read.pages)
    assert 0 <= read.pages[0] <= read.pages[-1] <= len(read.text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.builds(
                Words,
                st.floats(-100, 700),
                st.floats(-100, 900),
                st.floats(0.1, 300),
                st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
                st.sampled_from([0, 0, 0, 90, 180, 33]),
            ),
            max_size=12,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_page_gives_sound_text(pages: list[list[Words]]) -> None:
    try:
        read = pdf_text(pdf_file(pages))
    except ValueError as error:
        assert "no text" in str(error)  # noqa: PT017
        return
    assert len(read.pages) == len(pages)
    assert_sound(read)


def test_thousands_of_scattered_words_are_read_in_time() -> None:
    chance = random.Random(7)
    page = [
        Words(chance.uniform(0, 590), chance.uniform(0, 840), chance.uniform(1, 12), "từ")
        for _ in range(8000)
    ]
    begin = time.perf_counter()
    text_of(page)
    assert time.perf_counter() - begin < 8


def test_threads_take_turns() -> None:
    with ThreadPoolExecutor(4) as threads:
        with _PDFIUM:
            waiting = [threads.submit(pdf_text, WHOLE) for _ in range(8)]
            time.sleep(0.1)
            assert not any(each.done() for each in waiting)
        assert len({each.result() for each in waiting}) == 1

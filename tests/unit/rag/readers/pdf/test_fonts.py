"""What comes out of fonts: old encodings of Vietnamese, and fonts that do not say their letters."""

from __future__ import annotations

import pytest

from rag.readers.pdf.text import UNREAD, pdf_text
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tests.old_vietnamese import data_in
from tests.pdf_fonts import Text, pdf_of
from tests.unit.rag.readers.reading import read, reason

EN = [
    "The harbour board said that the northern quay will be closed",
    "for repairs from the first week of October until the spring,",
    "and that all ferries are going to leave from the fish market.",
]
VI = [
    "Ban quản lý cảng cho biết cầu tàu phía bắc sẽ đóng cửa để",
    "sửa chữa từ tuần đầu tháng mười, mọi chuyến phà sẽ rời bến",
    "từ chợ cá. Hành khách nên đến sớm nửa giờ trước giờ chạy.",
]


def western(lines: list[str]) -> list[bytes]:
    return [line.encode("cp1252") for line in lines]


def moved(lines: list[str], by: int) -> list[bytes]:
    """Lines whose codes are moved, as those of subsets are that begin with the space."""
    return [bytes(ord(letter) - by for letter in line) for line in lines]


def numbered(lines: list[str]) -> list[bytes]:
    """Lines whose codes of two bytes are numbers in the order in which the letters come."""
    order = list(dict.fromkeys("".join(lines)))
    return [b"".join((order.index(each) + 3).to_bytes(2, "big") for each in line) for line in lines]


@pytest.mark.parametrize(
    ("font", "name"),
    [
        (".VnTime", "tcvn3"),
        ("ABCDEF+.VnArial", "tcvn3"),
        ("VNI-Times", "vni"),
        ("VNI-Helve,Bold", "vni"),
        ("VPS Times", "vps"),
        ("QWERTY+Garamond", "tcvn3"),
        ("F1", "vni"),
    ],
)
def test_text_in_an_old_font_is_vietnamese(font: str, name: str) -> None:
    found = pdf_text(pdf_of([Text(font, [data_in(line, name) for line in VI])]))
    assert " ".join(VI) in found.text.replace("\n\n", " ")
    assert found.unread == ()


def test_a_font_of_capitals_and_unicode_beside_it_are_told_apart() -> None:
    page = [
        Text(".VnTimeH", [data_in("thông báo số 5", "tcvn3")]),
        Text("Arial", western(["Café à la gare, été 2026"])),
        Text(".VnTime", [data_in(line, "tcvn3") for line in VI]),
    ]
    text = pdf_text(pdf_of(page)).text
    assert "THÔNG BÁO SỐ 5" in text
    assert "Café à la gare, été 2026" in text
    assert "cầu tàu phía bắc" in text


@pytest.mark.parametrize(
    "page",
    [
        [Text("ABCDEF+Times", moved(EN, 29))],
        [Text("ABCDEF+Times", moved(EN, 3))],
        [Text("ABCDEF+Times", moved(EN, -1))],
        [Text("ABCDEF+SongTi", numbered(EN), "codes")],
        [Text("ABCDEF+Times", moved(EN, 20), "glyphs")],
        [Text("A", moved(EN, 29)), Text("B", western(["12", "7 of 9"]))],
    ],
)
def test_a_file_whose_fonts_do_not_say_their_letters_is_refused(page: list[Text]) -> None:
    assert reason("a.pdf", pdf_of(page)) == UNREAD


def test_pages_that_can_be_read_are_kept_and_the_others_named() -> None:
    good, bad = [Text("Times", western(EN))], [Text("X", moved(EN, 29))]
    found = read("a.pdf", pdf_of(good, bad, bad, good, bad))
    article, left_out = found
    assert isinstance(article, Article)
    assert isinstance(left_out, Rejection)
    assert (left_out.where, left_out.reason) == ("a.pdf pages 2-3, 5", UNREAD)
    assert len(article.pages) == 5
    assert "QRUWKHUQ" not in article.text
    assert article.text.count("harbour board") == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["Q1 1,204 35.7% 18/02/2026", "Q2 1,377 36.1% 19/05/2026", "Q3 902 20.4% 18/08/2026"] * 8,
        ["VCB 91.2 +0.4", "HPG 27.1 -0.2", "SSI 33.0 +0.1", "VNM 66.8 0.0", "FPT 130.5 +1.9"] * 6,
        [
            "x = (a + b) / 2;",
            "if (x > y) { return f(x, n-1); }",
            "for (i = 0; i < n; ++i) s += v[i];",
        ]
        * 6,
        ["E = mc^2", "a^2 + b^2 = c^2", "dx/dt = -k x", "f(x) = 3x^2 - 2x + 1"] * 5,
        ["Hi."],
        ["AGENDA", "1. BUDGET", "2. ROOMS"],
        ["Pamyatka: skampresavanyja ikony nie absluhouvajucca, praviercie zapis."] * 3,
    ],
)
def test_tables_formulas_code_and_short_texts_are_not_taken_for_codes(lines: list[str]) -> None:
    found = pdf_text(pdf_of([Text("Times", western(lines))]))
    assert found.unread == ()
    assert lines[0].split()[0] in found.text


@pytest.mark.parametrize(
    "title",
    [
        "10.1016/j.harbour.2026.03.001",
        "doi:10.1186/s12889-026-1",
        "Microsoft Word - bao cao.doc",
        "Untitled-2",
        "document1.pdf",
        "CV_2026_final",
        "新建 Microsoft Word 文档",
        "Tài liệu1",
        "IEEE Paper Template in A4 (V1)",
        "7KH KDUERXU ERDUG VDLG WKDW WKH QRUWKHUQ TXDB ZLOO EH FORVHG IRU UHSDLUV IURP 2FWREHU",
    ],
)
def test_a_title_that_is_none_gives_way_to_the_heading(title: str) -> None:
    data = pdf_of([Text("Times", western(EN))], title=title)
    assert pdf_text(data).title is None


@pytest.mark.parametrize(
    "title", ["1984 and after", "COVID-19", "GPT-4 in hospitals", "Kế hoạch số 12"]
)
def test_a_title_with_numbers_stays(title: str) -> None:
    assert pdf_text(pdf_of([Text("Times", western(EN))], title=title)).title == title


def test_a_title_in_an_old_encoding_is_vietnamese() -> None:
    title = data_in("Thông báo về việc đóng cửa cầu tàu", "tcvn3").decode("latin-1")
    data = pdf_of([Text(".VnTime", [data_in(line, "tcvn3") for line in VI])], title=title)
    assert pdf_text(data).title == "Thông báo về việc đóng cửa cầu tàu"

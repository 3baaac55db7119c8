from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.pages.html_text import html_text
from rag.readers.table_rows import Cell, placed, row_lines
from tests.unit.rag.readers.reading import articles
from tests.unit.rag.readers.test_books_and_messages import CHAPTER, book

SPANNED = (
    "<table><tr><th>Bến</th><th>Chuyến đầu</th><th>Giá vé</th></tr>"
    "<tr><td rowspan=2>Cửa Lạch</td><td>5 giờ</td><td>4.000 đồng</td></tr>"
    "<tr><td>6 giờ (phà nhanh)</td><td>9.000 đồng</td></tr>"
    "<tr><td>Hạ Đồng</td><td>7 giờ</td><td>5.000 đồng</td></tr></table>"
)
ROWS = [
    "Bến | Chuyến đầu | Giá vé",
    "Bến: Cửa Lạch | Chuyến đầu: 5 giờ | Giá vé: 4.000 đồng",
    "Bến: Cửa Lạch | Chuyến đầu: 6 giờ (phà nhanh) | Giá vé: 9.000 đồng",
    "Bến: Hạ Đồng | Chuyến đầu: 7 giờ | Giá vé: 5.000 đồng",
]
STORY = (
    "<p>Từ tháng ba, công ty phà đổi giờ chạy và giá vé của các bến dọc sông, hành khách nên đến "
    "sớm hai mươi phút để mua vé và gửi xe.</p>"
)


def test_a_row_has_the_cells_that_span_it_and_the_names_of_columns() -> None:
    assert html_text(SPANNED).split("\n") == ROWS


def test_pages_and_books_have_such_rows_too() -> None:
    page = f"<html><body><article><h1>Giờ phà</h1>{STORY}{SPANNED}{STORY}</article></body></html>"
    (article,) = articles("a.html", page)
    rows = [line.strip("| ") for line in article.text.split("\n") if "|" in line]
    assert [row for row in rows if "Cửa Lạch" in row or "Hạ Đồng" in row] == ROWS[1:]
    (article,) = articles(
        "a.epub", book(**{"OPS/hai.xhtml": CHAPTER.format(title="", text=SPANNED)})
    )
    assert "\n".join(ROWS) in article.text


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        # A span of rows and columns at once.
        (
            "<tr><td rowspan=2 colspan=2>渡口</td><td>一</td></tr><tr><td>二</td></tr>",
            ["渡口 | 一", "渡口 | 二"],
        ),
        # Two spans in a row, one longer than the other, and one to the end.
        (
            "<tr><td rowspan=3>A</td><td rowspan=2>B</td><td>1</td></tr><tr><td>2</td></tr>"
            "<tr><td>C</td><td>3</td></tr>",
            ["A | B | 1", "A | B | 2", "A | C | 3"],
        ),
        ("<tr><td rowspan=0>A</td><td>1</td></tr><tr><td>2</td></tr>", ["A | 1", "A | 2"]),
        ("<tr><td rowspan=65534>A</td><td>1</td></tr><tr><td>2</td></tr>", ["A | 1", "A | 2"]),
        ("<tr><td rowspan=x>A</td><td>1</td></tr><tr><td>2</td></tr>", ["A | 1", "2"]),
        # A span in the middle and at the end.
        (
            "<tr><td>1</td><td rowspan=2>M</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>",
            ["1 | M | 2", "3 | M | 4"],
        ),
        (
            "<tr><td>1</td><td rowspan=2>E</td></tr><tr><td>2</td></tr>",
            ["1 | E", "2 | E"],
        ),
        # Two rows of heads.
        (
            "<thead><tr><th rowspan=2>线路</th><th colspan=2>票价</th></tr>"
            "<tr><th>成人</th><th>儿童</th></tr></thead>"
            "<tr><td>三路</td><td>四元</td><td>二元</td></tr>",
            ["线路 | 票价", "线路 | 成人 | 儿童", "线路：三路 | 票价 成人：四元 | 票价 儿童：二元"],
        ),
        # Heads that are only bold, as programs for news write them.
        (
            "<tr><td><strong>Line</strong></td><td><p><b>First</b></p></td></tr>"
            "<tr><td>3</td><td>6:10</td></tr><tr><td>4</td><td>7:00</td></tr>",
            ["Line | First", "Line: 3 | First: 6:10", "Line: 4 | First: 7:00"],
        ),
        # Heads of rows name no columns.
        (
            "<tr><th>Dân số</th><td>8 triệu</td></tr><tr><th>Diện tích</th><td>2.000 km2</td></tr>",
            ["Dân số | 8 triệu", "Diện tích | 2.000 km2"],
        ),
        # A row over all columns, an empty cell, lines in a cell.
        (
            "<tr><th>A</th><th>B</th></tr><tr><td colspan=2>all of it</td></tr>"
            "<tr><td></td><td>one<br>two</td></tr>",
            ["A | B", "all of it", "B: one two"],
        ),
        # A table in a cell of a table that has heads.
        (
            "<tr><th>Ship</th><th>Hours</th></tr><tr><td>One</td><td>daily "
            "<table><tr><td>6</td><td>7</td></tr><tr><td>8</td></tr></table></td></tr>",
            ["Ship | Hours", "Ship: One | Hours: daily 6 | 7; 8"],
        ),
    ],
)
def test_rows_of_tables_stand_for_themselves(table: str, rows: list[str]) -> None:
    assert html_text(f"<table>{table}</table>").split("\n") == rows


def test_a_table_that_only_places_things_stays_as_it_is() -> None:
    menu = "<table><tr><td rowspan=3>Menu</td><td><table><tr><td>" + "word " * 20
    text = html_text(
        f"{menu}</td></tr></table></td></tr><tr><td>b</td></tr><tr><td>c</td></tr></table>"
    )
    assert text.count("Menu") == 1
    assert "|" not in html_text("<table><tr><td>picture</td><td>A story.</td></tr></table>")


def test_a_table_of_markdown_has_rows_that_name_their_columns() -> None:
    (article,) = articles(
        "a.md", "# Phà\n\n| Bến | Giờ |\n|---|---|\n| Cửa *Lạch* | 5 |\n| Hạ | 6 |\n"
    )
    assert article.text.split("\n\n")[1].split("\n") == [
        "Bến | Giờ",
        "Bến: Cửa Lạch | Giờ: 5",
        "Bến: Hạ | Giờ: 6",
    ]
    (article,) = articles("a.md", f"# Phà\n\n{SPANNED}\n")
    assert article.text.split("\n\n")[1].split("\n") == ROWS


def test_spans_without_measure_stay_bounded() -> None:
    rows = "".join(f"<tr><td rowspan=65534 colspan=1000>{i} word</td></tr>" for i in range(3000))
    assert len(html_text(f"<table>{rows}</table>")) < 2_000_000
    wide = "<table>" + f"<tr>{'<td rowspan=65534>word' * 300}</tr>" * 100 + "</table>"
    assert len(html_text(wide)) < 2_000_000
    named = [[Cell("n" * 39) for _ in range(50)]] + [[Cell("x")] * 50 for _ in range(5000)]
    assert sum(map(len, row_lines(named, 1))) < 2_000_000


CELLS = st.builds(Cell, st.sampled_from("abc"), st.integers(0, 4), st.integers(1, 4))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_no_cell_is_lost_and_none_is_on_another(rows: list[list[Cell]]) -> None:
    for row, found in zip(rows, placed(rows), strict=True):
        own = [cell for cell in found if cell.number is not None]
        assert [cell.text for cell in own] == [cell.text for cell in row]
        taken = [c for cell in found for c in range(cell.column, cell.column + cell.columns)]
        assert len({cell.column for cell in found}) == len(found)
        assert taken == sorted(taken)

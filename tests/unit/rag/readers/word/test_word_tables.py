"""Each row of a Word table is a line that says what it is of."""

from __future__ import annotations

import pytest

from tests.unit.rag.readers.word.shown import lines_of
from tests.word_file import cell, paragraph, run, table

CHANGE = 'w:id="1" w:author="a" w:date="2026-01-05T00:00:00Z"'
HEAD = cell("Xe") + cell("Chỗ")


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def test_rows_of_a_table_in_a_cell_name_the_row_that_they_are_in() -> None:
    inner = table(cell("Hầm 1") + cell("48"), cell("Hầm 2") + cell("61"))
    found = lines_of(table(HEAD, cell("Ô tô") + cell(paragraph(""), inner, paragraph(""))))
    assert found == ["Xe | Chỗ", "Ô tô | Hầm 1 | 48", "Ô tô | Hầm 2 | 61"]


def test_tables_in_tables_in_tables_are_read() -> None:
    innermost = table(cell("c") + cell("d"))
    inner = table(cell("b") + cell(innermost, ""))
    assert lines_of(table(cell("a") + cell(inner, ""))) == ["a | b | c | d"]


def test_a_long_text_beside_a_table_in_a_cell_is_not_repeated() -> None:
    inner = table(cell("c") + cell("d"), cell("e") + cell("f"))
    text = "Một câu dài. " * 60
    assert lines_of(table(cell(text) + cell(inner, ""))) == [text.strip(), "c | d", "e | f"]


def test_a_frame_of_one_cell_holds_paragraphs_and_tables_of_their_own() -> None:
    inner = table(HEAD, cell("Ô tô") + cell("48"))
    frame = table(cell("Một câu.", "Hai câu.", inner, ""))
    assert lines_of(paragraph("Đầu.") + frame) == [
        "Đầu.", "Một câu.", "Hai câu.", "Xe | Chỗ", "Ô tô | 48",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrapped",
    [
        "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
        '<w:customXml w:element="e">{}</w:customXml>',
        "<w:sdt><w:sdtPr/><w:sdtContent><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:sdtContent>"
        "</w:sdt>",
    ],
)
def test_rows_and_cells_in_content_controls_are_read(wrapped: str) -> None:
    in_control = wrapped.format(row(cell("Ô tô") + wrapped.format(cell("48"))))
    assert lines_of(f"<w:tbl><w:tblPr/>{row(HEAD)}{in_control}</w:tbl>") == [
        "Xe | Chỗ",
        "Ô tô | 48",
    ]


@pytest.mark.parametrize(
    "properties", [f"<w:del {CHANGE}/>", f"<w:moveFrom {CHANGE}/>", "<w:hidden/>"]
)
def test_rows_that_are_gone_or_hidden_are_left_out(properties: str) -> None:
    assert lines_of(table(HEAD, row(cell("Bỏ") + cell("1"), properties=properties))) == ["Xe | Chỗ"]


def test_inserted_rows_and_cells_are_read_and_deleted_cells_are_not() -> None:
    inserted = row(
        cell("Ô tô", properties=f"<w:cellIns {CHANGE}/>"),
        cell("48"),
        cell("9", properties=f"<w:cellDel {CHANGE}/>"),
        properties=f"<w:ins {CHANGE}/>",
    )
    assert lines_of(table(HEAD, inserted)) == ["Xe | Chỗ", "Ô tô | 48"]


def test_a_cell_over_rows_and_columns_is_named_on_each_row() -> None:
    begins, goes_on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    wide = "<w:gridSpan w:val='2'/>"
    found = lines_of(
        table(
            cell("Khu A", properties=begins) + cell("Ngày") + cell("3.000"),
            cell("", properties=goes_on) + cell("Đêm") + cell("5.000"),
            cell("Khu B", properties=begins + wide) + cell("4.000"),
            cell("", properties=goes_on + wide) + cell("6.000"),
        )
    )
    assert found == [
        "Khu A | Ngày | 3.000", "Khu A | Đêm | 5.000", "Khu B | 4.000", "Khu B | 6.000",
    ]  # fmt: skip


def test_a_row_that_begins_in_a_later_column_keeps_the_cells_above_apart() -> None:
    begins, goes_on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    found = lines_of(
        table(
            cell("a") + cell("b", properties=begins) + cell("c"),
            row(cell("", properties=goes_on), cell("d"), properties="<w:gridBefore w:val='1'/>"),
        )
    )
    assert found == ["a | b | c", "b | d"]


def test_equal_cells_of_a_row_are_all_read() -> None:
    assert (
        lines_of(table(HEAD + cell("Giá"), cell("Ô tô") + cell("5") + cell("5")))[1]
        == "Ô tô | 5 | 5"
    )


def test_notes_of_cells_stand_behind_the_table() -> None:
    marked = paragraph(f"{run('48')}<w:r><w:footnoteReference w:id='1'/></w:r>")
    notes = f"<w:footnote w:id='1'>{paragraph('Tính đến tháng 5.')}</w:footnote>"
    found = lines_of(table(HEAD, cell("Ô tô") + cell(marked)) + paragraph("Hết."), footnotes=notes)
    assert found == ["Xe | Chỗ", "Ô tô | 48", "Tính đến tháng 5.", "Hết."]


def test_words_of_a_cell_have_no_holes() -> None:
    inside = f"{run('Từ ')}<w:ins {CHANGE}>{run('6 giờ')}</w:ins>{run(' đến 22 giờ')}"
    assert lines_of(table(HEAD, cell("Ô tô") + cell(paragraph(inside))))[1] == (
        "Ô tô | Từ 6 giờ đến 22 giờ"
    )

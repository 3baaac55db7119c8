"""The numbers that Word writes before paragraphs are read as it shows them."""

from __future__ import annotations

import pytest

from tests.unit.rag.readers.word.shown import lines_of
from tests.word_file import cell, paragraph, run, style, table


def level(
    at: int, text: str, number_format: str = "decimal", start: int = 1, inside: str = ""
) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        f'{inside}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def definition(*levels: str, number: int = 0, inside: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{inside}{"".join(levels)}</w:abstractNum>'


def numbered_list(number: int, definition: int = 0, inside: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>{inside}</w:num>'


def of_list(number: int | None = 1, at: int | None = 0) -> str:
    stated = "" if at is None else f'<w:ilvl w:val="{at}"/>'
    stated += "" if number is None else f'<w:numId w:val="{number}"/>'
    return f"<w:numPr>{stated}</w:numPr>"


def items(*levels: int, number: int = 1) -> str:
    return "".join(paragraph("x", of_list(number, at)) for at in levels)


def labels(body: str, numbering: str, styles: str = "") -> list[str]:
    return [
        line.removesuffix("x").strip()
        for line in lines_of(body, numbering=numbering, styles=styles)
    ]


@pytest.mark.parametrize(
    ("text", "number_format", "shown"),
    [
        ("%1.", "decimal", ["1.", "2.", "3."]),
        ("Điều %1.", "decimal", ["Điều 1.", "Điều 2.", "Điều 3."]),
        ("Điều %1: ", "decimal", ["Điều 1:", "Điều 2:", "Điều 3:"]),
        ("第%1条", "chineseCountingThousand", ["第一条", "第二条", "第三条"]),
        ("第%1章", "japaneseCounting", ["第一章", "第二章", "第三章"]),
        ("（%1）", "taiwaneseCountingThousand", ["（一）", "（二）", "（三）"]),
        ("%1、", "ideographTraditional", ["甲、", "乙、", "丙、"]),
        ("%1)", "lowerLetter", ["a)", "b)", "c)"]),
        ("(%1)", "lowerRoman", ["(i)", "(ii)", "(iii)"]),
        ("Phụ lục %1", "upperLetter", ["Phụ lục A", "Phụ lục B", "Phụ lục C"]),
        ("Chapter %1", "cardinalText", ["Chapter One", "Chapter Two", "Chapter Three"]),
        ("%1", "ordinal", ["1st", "2nd", "3rd"]),
        ("%1.", "decimalZero", ["01.", "02.", "03."]),
        ("%1", "decimalEnclosedCircle", ["①", "②", "③"]),
        ("Ghi chú:", "none", ["Ghi chú:"] * 3),
        ("", "none", [""] * 3),
        ("\uf0b7", "bullet", [""] * 3),
        ("-", "bullet", [""] * 3),
        ("o", "bullet", [""] * 3),
        ("注：", "bullet", ["注："] * 3),
        ("%1.", "aFormatOfTheFuture", ["1.", "2.", "3."]),
    ],
)
def test_a_number_is_written_in_the_format_of_its_level(
    text: str, number_format: str, shown: list[str]
) -> None:
    numbering = definition(level(0, text, number_format)) + numbered_list(1)
    assert labels(items(0, 0, 0), numbering) == shown


def test_the_label_and_the_text_are_one_line() -> None:
    numbering = (
        definition(level(0, "Điều %1."))
        + definition(
            level(0, "第%1条", "chineseCounting", 1, '<w:suff w:val="nothing"/>'), number=1
        )
        + definition(level(0, "Art. %1", inside='<w:suff w:val="space"/>'), number=2)
        + "".join(numbered_list(i + 1, i) for i in range(3))
    )
    body = (
        paragraph("Phạm vi áp dụng", of_list(1))
        + paragraph(f"<w:r><w:tab/></w:r>{run('Đối tượng')}", of_list(1))
        + paragraph("\u3000借书证不得转借。", of_list(2))
        + paragraph("Scope", of_list(3))
    )
    assert lines_of(body, numbering=numbering) == [
        "Điều 1. Phạm vi áp dụng",
        "Điều 2. Đối tượng",
        "第一条\u3000借书证不得转借。",
        "Art. 1 Scope",
    ]


THREE = (level(0, "%1."), level(1, "%1.%2"), level(2, "%1.%2.%3"))


def test_levels_begin_anew_below_each_other() -> None:
    numbering = definition(*THREE) + numbered_list(1)
    assert labels(items(0, 1, 1, 2, 2, 1, 2, 0, 1, 2), numbering) == [
        "1.", "1.1", "1.2", "1.2.1", "1.2.2", "1.3", "1.3.1", "2.", "2.1", "2.1.1",
    ]  # fmt: skip


def test_a_level_whose_upper_one_has_no_paragraph_shows_its_first_number() -> None:
    numbering = definition(*THREE) + numbered_list(1)
    assert labels(items(1, 2, 0, 2), numbering) == ["1.1", "1.1.1", "1.", "1.1.1"]


@pytest.mark.parametrize(
    ("restart", "shown"),
    [
        ("", ["I", "1", "2", "II", "1"]),
        ('<w:lvlRestart w:val="0"/>', ["I", "1", "2", "II", "3"]),
        ('<w:lvlRestart w:val="1"/>', ["I", "1", "2", "II", "1"]),
    ],
)
def test_articles_may_be_counted_on_over_chapters(restart: str, shown: list[str]) -> None:
    levels = (level(0, "%1", "upperRoman"), level(1, "%2", inside=restart))
    assert labels(items(0, 1, 1, 0, 1), definition(*levels) + numbered_list(1)) == shown


def test_a_level_may_begin_anew_below_one_that_is_not_the_next() -> None:
    levels = (*THREE[:2], level(2, "%3", inside='<w:lvlRestart w:val="1"/>'))
    numbering = definition(*levels) + numbered_list(1)
    assert labels(items(0, 1, 2, 1, 2, 0, 2), numbering)[2::2] == ["1", "2", "1"]


def test_legal_levels_write_all_numbers_in_digits() -> None:
    levels = (level(0, "第%1章", "chineseCounting"), level(1, "%1.%2", inside="<w:isLgl/>"))
    assert labels(items(0, 0, 1), definition(*levels) + numbered_list(1)) == [
        "第一章",
        "第二章",
        "2.1",
    ]


def test_numbers_of_upper_levels_keep_their_formats() -> None:
    levels = (level(0, "%1.", "upperRoman"), level(1, "%1.%2)", "lowerLetter"))
    assert labels(items(0, 0, 1), definition(*levels) + numbered_list(1)) == ["I.", "II.", "II.a)"]


def test_lists_of_one_definition_count_on_unless_they_begin_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    from_seven = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    numbering = (
        definition(level(0, "%1."))
        + numbered_list(1)
        + numbered_list(2)
        + numbered_list(3, inside=anew)
        + numbered_list(4, inside=from_seven)
    )
    body = "".join(items(0, number=number) for number in (1, 1, 2, 3, 3, 4, 4, 3))
    assert labels(body, numbering) == ["1.", "2.", "3.", "1.", "2.", "7.", "8.", "9."]


def test_a_list_begins_anew_on_those_levels_only_that_it_comes_to() -> None:
    anew = '<w:lvlOverride w:ilvl="{0}"><w:startOverride w:val="1"/></w:lvlOverride>'
    other = numbered_list(2, inside=anew.format(0) + anew.format(1))
    numbering = definition(*THREE) + numbered_list(1) + other
    body = items(0, 0, 1, 1) + items(1, 1, 0, 1, number=2)
    assert labels(body, numbering) == ["1.", "2.", "2.1", "2.2", "2.1", "2.2", "1.", "1.1"]


def test_a_list_may_have_a_level_of_its_own() -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "(%1)", "upperLetter")}</w:lvlOverride>'
    numbering = definition(level(0, "%1.")) + numbered_list(1) + numbered_list(2, inside=own)
    assert labels(items(0) + items(0, number=2), numbering) == ["1.", "(B)"]


def test_numbers_begin_where_the_level_says() -> None:
    assert labels(items(0, 0), definition(level(0, "%1.", start=5)) + numbered_list(1)) == [
        "5.",
        "6.",
    ]
    without = '<w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl>'
    assert labels(items(0, 0), definition(without) + numbered_list(1)) == ["0.", "1."]


def test_numbers_of_a_width_of_their_own_are_filled_with_zeros() -> None:
    stated = (
        '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" '
        'w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/>'
        "</mc:Fallback></mc:AlternateContent>"
    )
    made = f'<w:lvl w:ilvl="0"><w:start w:val="9"/>{stated}<w:lvlText w:val="TL-%1"/></w:lvl>'
    assert labels(items(0, 0), definition(made) + numbered_list(1)) == ["TL-009", "TL-010"]


def linked(id: str, number: int | None, at: int | None, *, base: str = "", name: str = "") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return style(id, f"{based}<w:pPr>{of_list(number, at)}</w:pPr>", name=name)


def styled(*styles: str) -> str:
    return "".join(paragraph("x", f'<w:pStyle w:val="{each}"/>') for each in styles)


def test_styles_number_their_paragraphs() -> None:
    levels = (
        level(0, "Chương %1", "upperRoman", inside='<w:pStyle w:val="Chapter"/>'),
        level(1, "Điều %2.", inside='<w:pStyle w:val="Article"/><w:lvlRestart w:val="0"/>'),
    )
    styles = linked("Chapter", 1, None) + linked("Article", 1, None, base="Chapter")
    numbering = definition(*levels) + numbered_list(1)
    shown = ["Chương I", "Điều 1.", "Điều 2.", "Chương II", "Điều 3."]
    chapters = styled("Chapter", "Article", "Article", "Chapter", "Article")
    assert labels(chapters, numbering, styles) == shown


def test_styles_have_their_list_and_their_level_from_those_they_stand_on() -> None:
    styles = (
        linked("One", 1, None)
        + linked("Two", None, 1, base="One")
        + style("Three", '<w:basedOn w:val="Two"/>')
    )
    numbering = definition(*THREE) + numbered_list(1)
    assert labels(styled("One", "Two", "Three"), numbering, styles) == ["1.", "1.1", "1.2"]


def test_what_a_paragraph_states_goes_before_its_style() -> None:
    styles = linked("One", 1, 0)
    numbering = definition(*THREE) + definition(level(0, "%1)"), number=1)
    numbering += numbered_list(1) + numbered_list(2, 1)
    body = "".join(
        paragraph("x", f'<w:pStyle w:val="One"/>{stated}')
        for stated in ("", of_list(None, 1), of_list(2, 0), of_list(0, 0), "")
    )
    assert labels(body, numbering, styles) == ["1.", "1.1", "1)", "", "2."]


def test_a_style_may_switch_off_the_numbers_of_the_one_it_stands_on() -> None:
    styles = linked("One", 1, 0) + linked("Two", 0, None, base="One")
    numbering = definition(*THREE) + numbered_list(1)
    assert labels(styled("One", "Two", "One"), numbering, styles) == ["1.", "", "2."]


def test_the_style_of_paragraphs_that_name_none_may_number_them() -> None:
    inside = f"<w:pPr>{of_list(1, 0)}</w:pPr>"
    styles = style("Normal", inside).replace("<w:style ", '<w:style w:default="1" ')
    assert labels(paragraph("x") * 2, definition(*THREE) + numbered_list(1), styles) == ["1.", "2."]


def test_a_style_of_lists_stands_for_its_definition() -> None:
    numbering = (
        definition(number=0, inside='<w:numStyleLink w:val="Laws"/>')
        + definition(level(0, "Điều %1."), number=1, inside='<w:styleLink w:val="Laws"/>')
        + numbered_list(1, 0)
        + numbered_list(2, 1)
    )
    by_list = style("Laws", f"<w:pPr>{of_list(2, None)}</w:pPr>", kind="numbering")
    for styles in (by_list, style("Laws", kind="numbering"), ""):
        assert labels(items(0, 0), numbering, styles) == ["Điều 1.", "Điều 2."]


def test_links_that_lead_nowhere_or_in_a_circle_number_nothing() -> None:
    circle = definition(inside='<w:numStyleLink w:val="A"/><w:styleLink w:val="A"/>')
    for numbering in (circle + numbered_list(1), numbered_list(1, 7), numbered_list(8), ""):
        assert labels(items(0), numbering) == [""]
    styles = linked("One", None, None, base="Two") + linked("Two", None, None, base="One")
    assert labels(styled("One"), "", styles) == [""]


@pytest.mark.parametrize("stated", ["-3", "x", "99999999999999999999", "12"])
def test_levels_and_numbers_that_are_none_do_no_harm(stated: str) -> None:
    numbering = definition(level(0, "%1."), level(8, "%9.")) + numbered_list(1)
    numbering = numbering.replace('w:start w:val="1"', f'w:start w:val="{stated}"')
    (line,) = lines_of(
        paragraph("x", f'<w:numPr><w:ilvl w:val="{stated}"/><w:numId w:val="1"/></w:numPr>'),
        numbering=numbering,
    )
    assert line.endswith("x")


def test_paragraphs_that_are_gone_or_hidden_are_not_counted() -> None:
    change = 'w:id="1" w:author="a" w:date="2026-01-05T00:00:00Z"'
    gone = f"<w:rPr><w:del {change}/></w:rPr>"
    deleted = f"<w:del {change}><w:r><w:delText>x</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom {change}>{run('x')}</w:moveFrom>"
    body = (
        items(0)
        + paragraph(deleted, of_list() + gone)
        + paragraph(moved, of_list() + gone.replace("w:del ", "w:moveFrom "))
        + paragraph(run("x", "<w:vanish/>"), of_list() + "<w:rPr><w:vanish/></w:rPr>")
        + items(0)
    )
    assert labels(body, definition(*THREE) + numbered_list(1)) == ["1.", "2."]


def test_paragraphs_in_boxes_controls_and_cells_are_counted_with_the_others() -> None:
    framed = f"<w:txbxContent>{items(0)}</w:txbxContent>"
    box = f"<w:r><w:pict><v:textbox>{framed}</v:textbox></w:pict></w:r>"
    wrapped = f"<w:sdt><w:sdtContent>{items(0)}</w:sdtContent></w:sdt>"
    numbering = definition(*THREE) + numbered_list(1)
    assert labels(items(0) + paragraph(box) + wrapped + items(0), numbering) == [
        "1.",
        "2.",
        "3.",
        "4.",
    ]


def test_a_column_of_numbers_without_text_is_read() -> None:
    number = paragraph("", of_list())
    rows = [cell(number) + cell(name) for name in ("An", "Bình")]
    numbering = definition(level(0, "%1")) + numbered_list(1)
    assert lines_of(table(cell("TT") + cell("Tên"), *rows), numbering=numbering) == [
        "TT | Tên", "1 | An", "2 | Bình",
    ]  # fmt: skip


def test_an_empty_paragraph_is_counted_and_shown_where_its_label_says_something() -> None:
    for text, shown in (("%1.", []), ("Chương %1", ["Chương 1"])):
        numbering = definition(level(0, text)) + numbered_list(1)
        found = lines_of(
            paragraph("", of_list()) + paragraph("Tên", of_list()), numbering=numbering
        )
        assert found == [*shown, f"{text.replace('%1', '2')} Tên"]

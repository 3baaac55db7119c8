"""What stands in a Word document is read as Word shows it, whatever it is wrapped in."""

from __future__ import annotations

import pytest

from tests.unit.rag.readers.reading import articles
from tests.unit.rag.readers.word.shown import lines_of, text_of
from tests.word_file import cell, paragraph, run, style, table, word_file

CHANGE = 'w:id="1" w:author="a" w:date="2026-01-05T00:00:00Z"'
BEGIN, SEPARATE, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


def field(instruction: str, result: str) -> str:
    told = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return f"{BEGIN}{told}{SEPARATE}{result}{END}"


FEE = run("45.000 đồng")


@pytest.mark.parametrize(
    "wrapped",
    [
        f"<w:ins {CHANGE}>{FEE}</w:ins>",
        f"<w:moveTo {CHANGE}>{FEE}</w:moveTo>",
        f"<w:ins {CHANGE}><w:ins {CHANGE}>{FEE}</w:ins></w:ins>",
        f"<w:ins {CHANGE}><w:del {CHANGE}>{run('9 đồng')}</w:del>{FEE}</w:ins>",
        f"<w:del {CHANGE}><w:r><w:delText>9 đồng</w:delText></w:r></w:del>{FEE}",
        f"<w:moveFrom {CHANGE}>{run('9 đồng')}</w:moveFrom>{FEE}",
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{FEE}</w:sdtContent></w:sdt>",
        f"<w:sdt><w:sdtContent><w:ins {CHANGE}><w:sdt><w:sdtContent>{FEE}</w:sdtContent></w:sdt>"
        "</w:ins></w:sdtContent></w:sdt>",
        f'<w:smartTag w:uri="u" w:element="e"><w:smartTagPr/>{FEE}</w:smartTag>',
        f'<w:customXml w:element="e"><w:customXmlPr/>{FEE}</w:customXml>',
        f'<w:fldSimple w:instr=" DOCPROPERTY Phí ">{FEE}</w:fldSimple>',
        field(" MERGEFIELD phi ", FEE),
        field(' IF 1 = 1 "một" "hai" ', field(" REF phi ", FEE)),
        f"<w:hyperlink w:anchor='a'>{FEE}</w:hyperlink>",
        f"<w:hyperlink w:anchor='a'><w:ins {CHANGE}>{FEE}</w:ins></w:hyperlink>",
        f"<w:dir w:val='ltr'><w:bdo w:val='ltr'>{FEE}</w:bdo></w:dir>",
        f"<w:bookmarkStart w:id='0' w:name='b'/>{FEE}<w:bookmarkEnd w:id='0'/><w:proofErr/>",
        f"<mc:AlternateContent><mc:Choice Requires='w16'>{FEE}</mc:Choice><mc:Fallback>"
        f"{run('9 đồng')}</mc:Fallback></mc:AlternateContent>",
        f"<mc:AlternateContent><mc:Choice Requires='w16'/><mc:Fallback>{FEE}</mc:Fallback>"
        "</mc:AlternateContent>",
        f"<w:commentRangeStart w:id='1'/>{FEE}<w:commentRangeEnd w:id='1'/>"
        "<w:r><w:commentReference w:id='1'/></w:r>",
        run("45") + run(".000") + run(" đồng"),
        f"{run('9 đồng', '<w:vanish/>')}{FEE}",
        run("45.000 đồng", '<w:vanish w:val="0"/>'),
        f"{run('9 đồng', '<w:rStyle w:val=' + chr(34) + 'Hidden' + chr(34) + '/>')}{FEE}",
    ],
)
def test_a_sentence_has_no_holes_whatever_its_words_are_wrapped_in(wrapped: str) -> None:
    body = paragraph(f"{run('Vé gửi xe là ')}{wrapped}{run(' mỗi lượt.')}")
    hidden = style("Hidden", "<w:rPr><w:vanish/></w:rPr>", kind="character")
    assert text_of(body, styles=hidden) == "Vé gửi xe là 45.000 đồng mỗi lượt."


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:t>Mục</w:t><w:tab/><w:t>4</w:t>", "Mục\t4"),
        ("<w:t>Mục</w:t><w:ptab/><w:t>4</w:t>", "Mục\t4"),
        ("<w:t>Một</w:t><w:br/><w:t>Hai</w:t>", "Một\nHai"),
        ("<w:t>Một</w:t><w:br w:type='page'/><w:t>Hai</w:t>", "Một\nHai"),
        ("<w:t>Một</w:t><w:cr/><w:t>Hai</w:t>", "Một\nHai"),
        ("<w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t>", "A-1"),
        ("<w:t>gov</w:t><w:softHyphen/><w:t>ern\u00adment</w:t>", "government"),
        ("<w:t>\n  Một\n hai</w:t>", "Một  hai"),
        ('<w:t>x </w:t><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 2</w:t>', "x ≥ 2"),
        ('<w:sym w:font="Wingdings" w:char="F0FC"/><w:t> đạt</w:t>', "✓ đạt"),
        ('<w:sym w:font="Webdings" w:char="F0AA"/><w:t> đạt</w:t>', "đạt"),
        ('<w:sym w:font="Arial" w:char="20AC"/><w:t>5</w:t>', "€5"),
        ('<w:sym w:font="Arial" w:char="x"/><w:t>5</w:t>', "5"),
        (
            '<w:rPr><w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr><w:t>\uf061 = 3</w:t>',
            "α = 3",
        ),
        (
            "<mc:AlternateContent><mc:Choice Requires='w16se'><w16se:symEx w16se:font='F' "
            "w16se:char='1F600'/></mc:Choice><mc:Fallback><w:t>:)</w:t></mc:Fallback>"
            "</mc:AlternateContent><w:t> vui</w:t>",
            "😀 vui",
        ),
        (
            "<w:ruby><w:rubyPr/><w:rt><w:r><w:t>shān</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>山"
            "</w:t></w:r></w:rubyBase></w:ruby><w:t>路已通车。</w:t>",
            "山路已通车。",
        ),
    ],
)
def test_signs_in_runs_are_read_as_they_are_shown(inside: str, text: str) -> None:
    assert text_of(paragraph(f"<w:r>{inside}</w:r>")) == text


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (field(" PAGEREF _x ", run("7")), "Xem trang 7 ở dưới."),
        # No result: an entry of an index.
        (f"{BEGIN}<w:r><w:instrText>XE vé</w:instrText></w:r>{END}", "Xem trang  ở dưới."),
        # What stands in an instruction is not shown, not even as text.
        (f"{BEGIN}<w:r><w:t>ẩn</w:t></w:r>{SEPARATE}{run('7')}{END}", "Xem trang 7 ở dưới."),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
            '<w:listEntry w:val="6"/><w:listEntry w:val="7"/></w:ddList></w:ffData></w:fldChar>'
            f"</w:r><w:r><w:instrText>FORMDROPDOWN</w:instrText></w:r>{END}",
            "Xem trang 7 ở dưới.",
        ),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
            "<w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>"
            f"<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>{END}",
            "Xem trang ☒ ở dưới.",
        ),
        (
            f"{BEGIN}<w:r><w:instrText>EQ \\* jc2 \\* hps10 \\o\\ad(\\s\\up 9(shān),</w:instrText>"
            f"</w:r><w:r><w:instrText>山)</w:instrText></w:r>{END}",
            "Xem trang 山 ở dưới.",
        ),
    ],
)
def test_what_came_of_a_field_is_shown_and_what_it_was_told_is_not(result: str, text: str) -> None:
    assert text_of(paragraph(f"{run('Xem trang ')}{result}{run(' ở dưới.')}")) == text


def test_a_field_over_paragraphs_and_a_broken_one_hide_no_paragraph() -> None:
    told = "<w:r><w:instrText>REF a</w:instrText></w:r>"
    over = paragraph(f"{BEGIN}{told}{SEPARATE}{run('Một.')}") + paragraph(f"{run('Hai.')}{END}")
    assert lines_of(over + paragraph("Ba.")) == ["Một.", "Hai.", "Ba."]
    assert lines_of(paragraph(f"{run('Một.')}{BEGIN}{told}") + paragraph("Hai.")) == [
        "Một.",
        "Hai.",
    ]
    assert lines_of(paragraph(f"{END}{SEPARATE}{run('Một.')}{END}")) == ["Một."]


@pytest.mark.parametrize(
    "wrapped",
    [
        "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtContent><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:sdtContent></w:sdt>",
        '<w:customXml w:element="e">{}</w:customXml>',
        f"<w:ins {CHANGE}>{{}}</w:ins>",
        "<mc:AlternateContent><mc:Choice Requires='a'>{}</mc:Choice><mc:Fallback>{}</mc:Fallback>"
        "</mc:AlternateContent>",
    ],
)
def test_blocks_are_read_in_order_whatever_they_are_wrapped_in(wrapped: str) -> None:
    inside = paragraph("Hai.") + table(cell("a") + cell("b"))
    body = paragraph("Một.") + wrapped.replace("{}", inside) + paragraph("Ba.")
    assert lines_of(body) == ["Một.", "Hai.", "a | b", "Ba."]


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next() -> None:
    gone = f"<w:rPr><w:del {CHANGE}/></w:rPr>"
    body = paragraph("Thư viện mở cửa ", gone) + paragraph("cả chủ nhật.")
    assert lines_of(body) == ["Thư viện mở cửa cả chủ nhật."]
    deleted = f"<w:del {CHANGE}><w:r><w:delText>Bỏ.</w:delText></w:r></w:del>"
    assert lines_of(paragraph(deleted, gone) + paragraph("Giữ.")) == ["Giữ."]
    assert lines_of(paragraph("Giữ.", gone)) == ["Giữ."]


def test_a_heading_that_runs_into_its_text_is_one_line_with_it() -> None:
    mark = "<w:rPr><w:vanish/><w:specVanish/></w:rPr>"
    assert lines_of(paragraph("Giờ mở cửa.", mark) + paragraph(" Từ 7 giờ.")) == [
        "Giờ mở cửa. Từ 7 giờ."
    ]


def test_hidden_paragraphs_are_left_out() -> None:
    hidden = paragraph(run("Ẩn.", "<w:vanish/>"), "<w:rPr><w:vanish/></w:rPr>")
    by_style = paragraph("Ẩn.", '<w:pStyle w:val="Note"/>')
    styles = style("Base", "<w:rPr><w:vanish/></w:rPr>") + style(
        "Note", "<w:basedOn w:val='Base'/>"
    )
    assert lines_of(hidden + by_style + paragraph("Hiện."), styles=styles) == ["Hiện."]


def test_an_initial_that_is_set_apart_belongs_to_its_word() -> None:
    initial = paragraph("T", '<w:framePr w:dropCap="drop" w:lines="3"/>')
    assert lines_of(initial + paragraph("rong phiên họp.")) == ["Trong phiên họp."]


BOX = "<w:txbxContent>{}</w:txbxContent>"
DRAWN = (
    "<w:drawing><wp:anchor>{}<wps:wsp><wps:txbx>"
    + BOX
    + "</wps:txbx></wps:wsp></wp:anchor></w:drawing>"
)
PICTURED = "<w:pict><v:shape{}><v:textbox>" + BOX + "</v:textbox></v:shape></w:pict>"


@pytest.mark.parametrize(
    "box",
    [
        DRAWN.format("", paragraph("Trong khung.")),
        PICTURED.format("", paragraph("Trong khung.")),
        "<mc:AlternateContent><mc:Choice Requires='wps'>"
        + DRAWN.format("", paragraph("Trong khung."))
        + "</mc:Choice><mc:Fallback>"
        + PICTURED.format("", paragraph("Trong khung."))
        + "</mc:Fallback></mc:AlternateContent>",
        "<w:drawing><wp:inline><wpg:wgp><wps:wsp><wps:txbx>"
        + BOX.format(paragraph("Trong khung."))
        + "</wps:txbx></wps:wsp></wpg:wgp></wp:inline></w:drawing>",
        DRAWN.format(
            "", "<w:sdt><w:sdtContent>" + paragraph("Trong khung.") + "</w:sdtContent></w:sdt>"
        ),
        "<w:pict><v:shape><v:textpath string='Trong khung.'/></v:shape></w:pict>",
        "<w:drawing><wp:inline><a:p><a:r><a:t>Trong </a:t></a:r><a:r><a:t>khung.</a:t></a:r></a:p>"
        "</wp:inline></w:drawing>",
    ],
)
def test_a_text_box_is_read_once_behind_its_paragraph(box: str) -> None:
    body = paragraph(f"{run('Câu này ')}<w:r>{box}</w:r>{run('liền mạch.')}") + paragraph("Hết.")
    assert lines_of(body) == ["Câu này liền mạch.", "Trong khung.", "Hết."]


def test_a_hidden_box_is_left_out() -> None:
    drawn = DRAWN.format('<wp:docPr id="1" name="a" hidden="1"/>', paragraph("Ẩn."))
    pictured = PICTURED.format(' style="position:absolute; visibility: hidden"', paragraph("Ẩn."))
    for box in (drawn, pictured):
        assert lines_of(paragraph(f"{run('Một.')}<w:r>{box}</w:r>")) == ["Một."]


def test_boxes_in_boxes_and_in_cells_are_read() -> None:
    inner = paragraph("<w:r>" + DRAWN.format("", paragraph("Sâu.")) + "</w:r>")
    outer = paragraph("<w:r>" + DRAWN.format("", paragraph("Ngoài.") + inner) + "</w:r>")
    assert lines_of(outer) == ["Ngoài.", "Sâu."]
    assert lines_of(table(cell("a", inner) + cell("b"))) == ["a Sâu. | b"]


def test_notes_stand_behind_their_paragraph_which_stays_whole() -> None:
    mark = '<w:r><w:{}Reference w:id="{}"/></w:r>'
    body = paragraph(
        f"{run('Phí là 20 đồng')}{mark.format('footnote', 3)}{run(' mỗi lần')}"
        f"{mark.format('endnote', 3)}{run('.')}"
    )
    notes = "<w:{0} w:id='-1' w:type='separator'><w:p/></w:{0}><w:{0} w:id='3'>{1}</w:{0}>"
    number = "<w:r><w:{}Ref/></w:r>"
    found = lines_of(
        body + paragraph("Hết."),
        footnotes=notes.format(
            "footnote",
            paragraph(f"{number.format('footnote')}<w:ins {CHANGE}>{run('Trẻ em: 10.')}</w:ins>")
            + paragraph("Người già: 5."),
        ),
        endnotes=notes.format("endnote", table(cell("Từ") + cell("2026"))),
    )
    assert found == [
        "Phí là 20 đồng mỗi lần.",
        "Trẻ em: 10.",
        "Người già: 5.",
        "Từ | 2026",
        "Hết.",
    ]


def test_notes_that_nothing_shown_marks_are_not_read_and_others_once() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    notes = f"<w:footnote w:id='1'>{paragraph('Ghi chú.')}</w:footnote>"
    gone = paragraph(f"{run('Một.')}<w:del {CHANGE}>{mark}</w:del>")
    assert lines_of(gone, footnotes=notes) == ["Một."]
    assert lines_of(paragraph(run("Một.") + mark + mark), footnotes=notes) == ["Một.", "Ghi chú."]
    # Programs forget the relation to the notes.
    (article,) = articles(
        "a.docx",
        word_file(
            paragraph(run("Một.") + mark),
            footnotes__xml=(
                "<w:footnotes xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
                f"{notes}</w:footnotes>"
            ).encode(),
        ),
    )
    assert article.text.split() == ["Một.", "Ghi", "chú."]


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("<m:r><m:t>a=b</m:t></m:r>", "a=b"),
        (
            "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>",
            "(a+b)/2",
        ),
        (
            "<m:sSup><m:e><m:r><m:t>m</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>",
            "m^2",
        ),
        ("<m:rad><m:deg/><m:e><m:r><m:t>2x</m:t></m:r></m:e></m:rad>", "√2x"),
        (
            "<m:d><m:e><m:r><m:t>x</m:t></m:r></m:e><m:e><m:r><m:t>y</m:t></m:r></m:e></m:d>",
            "(x, y)",
        ),
    ],
)
def test_equations_are_read_in_one_line(equation: str, text: str) -> None:
    body = paragraph(f"{run('Tính ')}<m:oMath>{equation}</m:oMath>{run('.')}")
    assert text_of(body) == f"Tính {text}."

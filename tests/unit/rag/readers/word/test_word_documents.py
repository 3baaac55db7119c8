"""Word documents as whole files: their forms, their titles, and what they take in."""

from __future__ import annotations

import io
import zipfile

import pytest

from rag.readers import Reading, read_document
from tamngu.records.article import Article
from tamngu.records.cut import Cut
from tamngu.records.rejection import Rejection
from tests.unit.rag.readers.reading import articles, document, read, reason
from tests.unit.rag.readers.word.shown import lines_of
from tests.word_file import OPEN, cell, paragraph, run, style, table, word_file, zipped

TEXT = "Câu lạc bộ họp mỗi tối thứ Năm."
BODY = paragraph(TEXT)


def renamed(data: bytes, replaced: dict[str, str], old: str = "", new: str = "") -> bytes:
    """Return an archive with other names of its members and other words in them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped(
            {
                replaced.get(name, name): archive.read(name).replace(old.encode(), new.encode())
                for name in archive.namelist()
            }
        )


@pytest.mark.parametrize("ending", [".docx", ".docm", ".dotx", ".dotm", ".DOCX"])
def test_documents_and_templates_with_and_without_macros_are_read(ending: str) -> None:
    (article,) = articles(f"a{ending}", word_file(BODY))
    assert article.text == TEXT


def test_a_document_of_the_strict_form_is_read() -> None:
    data = word_file(BODY + table(cell("a") + cell("b")))
    strict = renamed(
        data,
        {},
        f"{OPEN}/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    strict = renamed(
        strict,
        {},
        f"{OPEN}/officeDocument/2006/relationships/",
        "http://purl.oclc.org/ooxml/officeDocument/relationships/",
    )
    (article,) = articles("a.docx", strict)
    assert article.text == f"{TEXT}\n\na | b"


@pytest.mark.parametrize(
    ("names", "old", "new"),
    [
        # Names are compared without case, and some programs write the folders of Windows.
        ({"word/document.xml": "word\\document.xml"}, "", ""),
        ({"word/document.xml": "Word/Document.xml"}, "", ""),
        ({}, 'Target="word/', 'Target="/word/'),
        ({}, 'Target="word/', 'Target="./word/'),
    ],
)
def test_parts_are_found_by_their_names(names: dict[str, str], old: str, new: str) -> None:
    (article,) = articles("a.docx", renamed(word_file(BODY), names, old, new))
    assert article.text == TEXT


def test_a_relation_to_a_part_that_is_not_there_does_no_harm() -> None:
    (article,) = articles("a.docx", word_file(BODY, related=(("i", "image", "../NULL"),)))
    assert article.text == TEXT


def test_a_part_that_is_damaged_is_named_and_the_text_is_kept() -> None:
    data = word_file(BODY, related=(("n", "numbering", "numbering.xml"),), numbering__xml=b"<w:num")
    article, rejection = read("a.docx", data)
    assert isinstance(article, Article)
    assert isinstance(rejection, Rejection)
    assert (article.text, rejection.where) == (TEXT, "a.docx!numbering.xml")
    assert "damaged" in rejection.reason


def test_what_is_no_text_of_word_is_refused() -> None:
    sheet = renamed(word_file(BODY), {}, "wordprocessingml", "spreadsheetml")
    assert "not a Word document" in reason("a.docx", sheet)
    assert "not a Word document" in reason("a.docx", zipped({"a.txt": b"a"}))


HEADING = style("H", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>', name="Mục lớn")


@pytest.mark.parametrize(
    ("styles", "properties"),
    [
        (style("H", name="heading 2"), '<w:pStyle w:val="H"/>'),
        (style("H", name="Title"), '<w:pStyle w:val="H"/>'),
        (style("H", name="标题 1"), '<w:pStyle w:val="H"/>'),
        (style("H", name="Tiêu đề 1"), '<w:pStyle w:val="H"/>'),
        (HEADING, '<w:pStyle w:val="H"/>'),
        (style("T", '<w:basedOn w:val="H"/>') + HEADING, '<w:pStyle w:val="T"/>'),
        (
            style("T", '<w:basedOn w:val="H"/>') + style("H", name="heading 1"),
            '<w:pStyle w:val="T"/>',
        ),
        ("", '<w:outlineLvl w:val="2"/>'),
    ],
)
def test_the_first_heading_is_the_title(styles: str, properties: str) -> None:
    data = word_file(BODY + paragraph("Nội quy", properties) + BODY, styles=styles)
    (article,) = articles("a.docx", data)
    assert article.title == "Nội quy"


@pytest.mark.parametrize("properties", ['<w:outlineLvl w:val="9"/>', '<w:pStyle w:val="Unknown"/>'])
def test_what_is_no_heading_is_no_title(properties: str) -> None:
    (article,) = articles("a.docx", word_file(BODY + paragraph("Nội quy", properties)))
    assert article.title == TEXT


def test_a_title_has_the_number_that_is_shown_before_it() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:lvlText w:val="第%1章"/><w:numFmt w:val="chineseCounting"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    heading = paragraph("总则", '<w:outlineLvl w:val="0"/><w:numPr><w:numId w:val="1"/></w:numPr>')
    (article,) = articles("a.docx", word_file(heading + BODY, numbering=numbering))
    assert article.title == "第一章 总则"


def contents() -> tuple[str, str]:
    """Return a table of contents, and the styles of its entries."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" '
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    page = (
        '<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        'PAGEREF a</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("3")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    entry = '<w:pStyle w:val="TOC1"/>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    made = (
        paragraph("Mục lục", '<w:pStyle w:val="TOCHeading"/>')
        + paragraph(f"{begin}<w:hyperlink w:anchor='a'>{run('Giờ họp')}{page}</w:hyperlink>", entry)
        + paragraph(f"{run('Hội phí')}{page}", entry)
        + paragraph(end)
    )
    styles = style("TOC1", name="toc 1") + style("H", name="heading 1")
    styles += style("TOCHeading", '<w:basedOn w:val="H"/>', name="TOC Heading")
    return made, styles


@pytest.mark.parametrize("wrapped", ["{}", "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>"])
def test_a_table_of_contents_is_cut_and_named(wrapped: str) -> None:
    made, styles = contents()
    body = wrapped.format(made) + paragraph("Giờ họp", '<w:pStyle w:val="H"/>') + BODY
    (article,) = articles("a.docx", word_file(body, styles=styles))
    assert (article.title, article.text) == ("Giờ họp", f"Giờ họp\n\n{TEXT}")
    lines = ("Mục lục", "Giờ họp\t3", "Hội phí\t3")
    assert article.cut == tuple(Cut(line, "contents") for line in lines)


def test_a_table_of_contents_is_kept_where_boilerplate_is_or_where_it_is_all() -> None:
    made, styles = contents()
    whole = document("a.docx", word_file(made + BODY, styles=styles))
    (kept,) = read_document(whole, Reading(keep_boilerplate=True))
    assert isinstance(kept, Article)
    assert (kept.text.count("3"), kept.cut) == (2, ())
    assert lines_of(made, styles=styles) == ["Mục lục", "Giờ họp\t3", "Hội phí\t3"]


def test_text_in_the_style_of_contents_outside_of_a_table_of_contents_is_text() -> None:
    made, styles = contents()
    body = made + paragraph(TEXT, '<w:pStyle w:val="TOC1"/>')
    assert lines_of(body, styles=styles) == [TEXT]


CHUNK = BODY + '<w:altChunk r:id="c"/>' + paragraph("Hết.")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("c__html", "<meta charset=utf-8><h2>Phụ lục</h2><p>Phí là 20 đồng.</p>".encode()),
        ("c__txt", "Phụ lục\n\nPhí là 20 đồng.".encode()),
        ("c__docx", word_file(paragraph("Phụ lục") + paragraph("Phí là 20 đồng."))),
        (
            "c__mht",
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: "
            "text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<h2>Phụ lục</h2>"
            "<p>Phí là 20 đồng.</p>\n--b--\n".encode(),
        ),
    ],
)
def test_a_document_that_is_taken_in_stands_in_its_place(name: str, data: bytes) -> None:
    related = (("c", "aFChunk", name.replace("__", ".")),)
    (article,) = articles("a.docx", word_file(CHUNK, related=related, **{name: data}))
    assert article.text.split("\n\n") == [TEXT, "Phụ lục", "Phí là 20 đồng.", "Hết."]


def test_a_document_that_cannot_be_taken_in_is_named() -> None:
    data = word_file(CHUNK, related=(("c", "aFChunk", "c.rtf"),), c__rtf=b"{\\rtf1 a}")
    article, rejection = read("a.docx", data)
    assert isinstance(article, Article)
    assert isinstance(rejection, Rejection)
    assert (article.text, rejection.where) == (f"{TEXT}\n\nHết.", "a.docx!word/c.rtf")


def test_a_document_that_takes_in_itself_again_and_again_is_read_once() -> None:
    inner = word_file(CHUNK, related=(("c", "aFChunk", "c.docx"),), c__docx=word_file(BODY))
    related = (("c", "aFChunk", "c.docx"), ("d", "aFChunk", "document.xml"))
    article, rejection = read("a.docx", word_file(CHUNK * 3, related=related, c__docx=inner))
    assert isinstance(article, Article)
    # The inner one may take in no further Word document, which is named.
    assert isinstance(rejection, Rejection)
    assert article.text.count("Hết.") == 4


def test_the_words_of_a_diagram_are_read() -> None:
    diagram = (
        f'<dgm:dataModel xmlns:dgm="{OPEN}/drawingml/2006/diagram" '
        f'xmlns:a="{OPEN}/drawingml/2006/main"><dgm:ptLst>'
        + "".join(
            f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>"
            for text in ("Chủ tịch", "Thư ký")
        )
        + "<dgm:pt/></dgm:ptLst></dgm:dataModel>"
    )
    drawn = '<w:r><w:drawing><wp:inline><dgm:relIds r:dm="d"/></wp:inline></w:drawing></w:r>'
    related = (("d", "diagramData", "d.xml"),)
    data = word_file(paragraph(run(TEXT) + drawn), related=related, d__xml=diagram.encode())
    (article,) = articles("a.docx", data)
    assert article.text.split("\n\n") == [TEXT, "Chủ tịch", "Thư ký"]


def test_headers_footers_and_comments_are_not_read() -> None:
    parts = {name: paragraph("Ngoài lề.") for name in ("header", "footer", "comments")}
    assert lines_of(BODY, **parts) == [TEXT]


def test_relations_may_name_no_part() -> None:
    data = renamed(word_file(BODY), {"_rels/.rels": "_rels/other.rels"})
    assert "not a Word document" in reason("a.docx", data)

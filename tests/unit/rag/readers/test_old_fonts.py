"""Documents with Vietnamese in fonts and code pages from before Unicode."""

from __future__ import annotations

import base64
import io
import json

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from tests.old_vietnamese import data_in, shown
from tests.unit.rag.readers.reading import articles

TITLE = "Thông báo về giờ mở cửa chợ cá"
FIRST = "Ban quản lý chợ đã họp với các hộ buôn bán để bàn về giá thuê sạp trong năm tới."
SECOND = "Người mua mừng vì chợ mở cửa sớm; đường vào còn hẹp, nước lũ về là xe không qua được."
RIGHT = "Tòa soạn ghi chú: “bản gốc” được giữ nguyên ở phần dưới của trang này."


def old(text: str, name: str = "tcvn3") -> str:
    return shown(text, name, "cp1252")


def page(*body: str, head: str = "", charset: str = "utf-8") -> bytes:
    html = f'<html><head><meta charset="{charset}">{head}</head><body>{"".join(body)}</body></html>'
    return html.encode(charset)


@pytest.mark.parametrize(
    ("font", "name"), [(".VnTime", "tcvn3"), ("VNI-Times", "vni"), ("VPS Long An", "vps")]
)
@pytest.mark.parametrize(
    "block",
    [
        '<p><font face="{font}">{text}</font></p>',
        '<p><font size=3 face="{font}, Arial"><b>{text}</b></font></p>',
        "<p style=\"margin:0; font-family:'{font}'\">{text}</p>",
        '<div class="Normal"><p>{text}</p></div>',
        "<p>{text}</p>",
    ],
)
def test_a_page_in_an_old_font_is_vietnamese(font: str, name: str, block: str) -> None:
    head = f'<title>{old(TITLE, name)}</title><style>.Normal {{ font-family: "{font}"; }}</style>'
    texts = (old(FIRST, name), old(SECOND, name))
    body = "".join(block.format(font=font, text=text) for text in texts)
    (article,) = articles("a.html", page(f"<article>{body}</article>", head=head))
    assert article.language == "vi"
    assert article.title == TITLE
    assert FIRST in article.text
    assert SECOND in article.text


def test_entities_and_soft_hyphens_of_a_page_saved_by_word_are_letters() -> None:
    written = "".join(f"&#{ord(each)};" if not each.isascii() else each for each in old(SECOND))
    written = written.replace("&#173;", "&shy;").replace("&#174;", "&reg;")
    head = '<style>p.MsoNormal, li.MsoNormal {margin:0in; font-family:"\\.VnTime";}</style>'
    body = f'<p class=MsoNormal>{written}</p><p class="MsoNormal">{old(FIRST)}</p>'
    (article,) = articles("a.htm", page(body, head=head))
    assert SECOND in article.text


def test_unicode_beside_an_old_font_and_an_old_font_that_is_only_named_stay() -> None:
    mixed = page(
        f"<p>{RIGHT}</p>",
        *(f'<p><font face=".VnTime">{old(each)}</font></p>' for each in (FIRST, SECOND)),
    )
    (article,) = articles("a.html", mixed)
    assert RIGHT in article.text
    assert SECOND in article.text
    named = page(f'<div style="font-family: .VnTime, Arial"><p>{RIGHT}</p><p>{FIRST}</p></div>')
    (article,) = articles("b.html", named)
    assert RIGHT in article.text
    assert FIRST in article.text


@pytest.mark.parametrize(
    "name", ["tcvn3", "vni", "viscii", "vps", "cp1258", "vietware_f", "bk_hcm2"]
)
@pytest.mark.parametrize("ending", [".txt", ".md", ".html", ".eml", ".csv", ".json", ".rss"])
def test_files_in_an_old_code_page_are_vietnamese(name: str, ending: str) -> None:
    data = {
        ".txt": f"{TITLE}\n{FIRST}\n{SECOND}",
        ".md": f"# {TITLE}\n\n{FIRST}\n\n{SECOND}",
        ".html": f"<title>{TITLE}</title><p>{FIRST}</p><p>{SECOND}</p>",
        ".csv": f'title,text\n"{TITLE}","{FIRST} {SECOND}"\n',
    }
    if ending in data:
        content = data_in(data[ending], name)
    elif ending == ".json":
        content = json.dumps(
            {"title": old(TITLE, name), "text": old(f"{FIRST} {SECOND}", name)}
        ).encode()
    elif ending == ".eml":
        body = base64.encodebytes(data_in(f"{FIRST} {SECOND}", name))
        word = base64.b64encode(data_in(TITLE, name)).decode()
        content = (
            f"From: a@b.example\nSubject: =?iso-8859-1?B?{word}?=\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
        ).encode() + body
    else:
        said = old(f"{FIRST} {SECOND}", name)
        content = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item>'
            f"<title>{old(TITLE, name)}</title><description><![CDATA[<p>{said}</p><p>{said}</p>]]>"
            "</description></item></channel></rss>"
        ).encode()
    (article,) = articles(f"a{ending}", content)
    assert article.language == "vi"
    assert article.title == TITLE
    assert FIRST in article.text
    assert SECOND in article.text


def test_a_word_document_in_an_old_font_is_vietnamese() -> None:
    word = docx.Document()
    for text in (FIRST, SECOND):
        word.add_paragraph().add_run(old(text, "vni")).font.name = "VNI-Times"
    heading = word.add_paragraph().add_run(old("chợ cá", "tcvn3"))
    heading.font.name, heading.font.size = ".VnTimeH", Pt(14)
    right = word.add_paragraph()
    right.add_run(RIGHT + " ").font.name = "Times New Roman"
    right.add_run(old("Chợ Mới", "tcvn3")).font.name = ".VnArial"
    word.styles["Normal"].font.name = ".VnTime"
    word.add_paragraph(old("Giờ mở cửa"))
    table = word.add_table(1, 2)
    table.cell(0, 0).paragraphs[0].add_run(old("Sạp")).font.name = ".VnTime"
    table.cell(0, 1).paragraphs[0].add_run("15").font.name = ".VnTime"
    text = articles("a.docx", saved(word))[0].text
    said = (FIRST, SECOND, "CHỢ CÁ", f"{RIGHT} Chợ Mới", "Giờ mở cửa", "Sạp | 15")
    for each in said:
        assert each in text


def test_symbols_and_soft_hyphens_of_a_word_document_are_letters() -> None:
    word = docx.Document()
    run = word.add_paragraph().add_run("th")
    run.font.name = ".VnTime"
    run._r.append(OxmlElement("w:softHyphen"))
    rest = word.paragraphs[0].add_run(old(" viện qu"))
    rest.font.name = ".VnTime"
    symbol = OxmlElement("w:sym")
    symbol.set(qn("w:font"), ".VnTime")
    symbol.set(qn("w:char"), "F0CB")
    rest._r.append(symbol)
    word.paragraphs[0].add_run("n").font.name = ".VnTime"
    assert articles("a.docx", saved(word))[0].text == "thư viện quận"


def saved(word: docx.document.Document) -> bytes:
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()

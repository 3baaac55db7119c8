from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamngu.records.article import Article
from tests.unit.rag.readers.reading import articles, read, reason

VI = "Lào gia nhập ASEAN năm 1997."
ZH = "联合国大会星期一通过了关于同东盟合作的决议。"


def word(title: str | None = None, author: str = "", *, heading: str = "越南与东盟") -> bytes:
    document = docx.Document()
    document.add_heading(heading, 0)
    document.add_paragraph(ZH)
    for item in ("một", "hai"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Nước", "Năm", "Lào", "1997"), strict=True):
        cell.text = text
    document.add_paragraph(VI)
    document.core_properties.title = title or ""
    document.core_properties.author = author
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_word_document_is_read_block_by_block() -> None:
    (article,) = articles("a.docx", word(author="Nguyễn Lan"))
    assert article.text.split("\n\n") == [
        "越南与东盟", ZH, "một", "hai", "Nước | Năm\nLào | 1997", VI
    ]  # fmt: skip
    assert (article.title, article.authors) == ("越南与东盟", ("Nguyễn Lan",))
    # The date on which a file was saved is not its date of publication.
    assert article.published_at is None


def test_a_word_document_may_state_its_title() -> None:
    (article,) = articles("a.docx", word(title="ASEAN", author="python-docx"))
    assert (article.title, article.authors) == ("ASEAN", ())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "encrypted"),
        (b"", "not a ZIP file"),
        (word()[:-100], "not a ZIP file"),
    ],
)
def test_a_word_document_that_cannot_be_opened_is_rejected(data: bytes, why: str) -> None:
    assert why in reason("a.docx", data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_word_document_gives_a_rejection_and_no_error(data: st.DataObject) -> None:
    whole = bytearray(WORD)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for item in read("a.docx", bytes(whole)):
        assert isinstance(item, Article) or "its parser failed" not in item.reason


@pytest.mark.parametrize(
    "replaced",
    [
        {"[Content_Types].xml": "<Types"},
        {"[Content_Types].xml": "\0"},
        {"[Content_Types].xml": "<Types xmlns='x'/>"},
        {"_rels/.rels": "<a/>"},
        {"_rels/.rels": ""},
        {"word/document.xml": "<a"},
        {"word/document.xml": "<a/>"},
        {"word/styles.xml": "<a>"},
        {"docProps/core.xml": "<a/>"},
    ],
)
def test_a_word_document_whose_parts_have_another_form_is_rejected_with_the_reason(
    replaced: dict[str, str],
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, replaced.get(name, old.read(name)))
    for item in read("a.docx", file.getvalue()):
        assert isinstance(item, Article) or (
            "not a Word document" in item.reason and item.reason.isprintable()
        )


def test_a_document_of_another_program_is_rejected_with_the_same_words_each_time() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"wordprocessingml", b"spreadsheetml"))
    assert reason("a.docx", file.getvalue()) == reason("a.docx", file.getvalue())
    assert "0x" not in reason("a.docx", file.getvalue())


WORD = word()

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Sông Mê Công</dc:title><dc:creator>An</dc:creator><dc:creator>Bình</dc:creator>
<dc:language>vi</dc:language><dc:date>2020-11-25</dc:date><dc:publisher>Nhà</dc:publisher></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="a" href="t/m%E1%BB%99t.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="hai.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="c.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/><itemref idref="c"/></spine>
</package>"""
CHAPTER = "<html><head><title>x</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"


def book(**replaced: str) -> bytes:
    members = {
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": PACKAGE,
        "OPS/t/một.xhtml": CHAPTER.format(title="Hai", text=VI),
        "OPS/hai.xhtml": CHAPTER.format(title="Một", text="Sông chảy qua <b>sáu</b> nước."),
        "OPS/nav.xhtml": CHAPTER.format(title="Mục lục", text="1 2"),
        **replaced,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_book_is_one_article_in_reading_order() -> None:
    (article,) = articles("a.epub", book())
    assert article.text == f"Một\n\nSông chảy qua sáu nước.\n\nHai\n\n{VI}"
    assert (article.title, article.authors) == ("Sông Mê Công", ("An", "Bình"))
    assert (article.language, article.published_at) == ("vi", "2020-11-25")
    assert article.source == "Nhà"


def encryption(method: str) -> str:
    return f"""<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
    <enc:EncryptionMethod Algorithm="{method}"/></enc:EncryptedData></encryption>"""


def test_an_encrypted_book_is_rejected_and_one_with_hidden_fonts_is_not() -> None:
    locked = {"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    assert reason("a.epub", book(**locked)) == "it is encrypted"
    fonts = {"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding")}
    assert len(articles("a.epub", book(**fonts))) == 1


@pytest.mark.parametrize(
    ("replaced", "why"),
    [
        ({"META-INF/container.xml": "<container/>"}, "names no package"),
        ({"META-INF/container.xml": "no xml"}, "not XML"),
        ({"OPS/book.opf": PACKAGE.replace("hai.xhtml", "../../../etc/passwd")}, "is missing"),
        ({"OPS/book.opf": "<package/>"}, "no text"),
        (
            {
                "OPS/book.opf": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                + PACKAGE.replace("Sông Mê Công", "&x;").replace('<itemref idref="b"/>', "")
                .replace('<itemref idref="a"/>', "")
            },
            "no text",
        ),
    ],
)  # fmt: skip
def test_a_broken_book_is_rejected(replaced: dict[str, str], why: str) -> None:
    assert why in reason("a.epub", book(**replaced))


def test_entities_of_a_book_are_not_looked_up() -> None:
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    package = outside + PACKAGE.replace("Sông Mê Công", "Sông &x;")
    (article,) = articles("a.epub", book(**{"OPS/book.opf": package}))
    assert article.title == "Sông"


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Nguyễn Lan <lan@a.example>"
    made["Subject"] = "Họp báo"
    made["Date"] = "Wed, 25 Nov 2020 20:36:00 +0700"
    for name, value in headers.items():
        made[name] = value
    return made


def test_a_message_is_an_article() -> None:
    made = message()
    made.set_content(
        "The ministers of the ten member states met in the capital of Laos on\n"
        "Monday and agreed on a plan.\n\n- one\n- two\n\n"
        "On Monday Ann wrote:\n> old words\n\n-- \nLan\n"
    )
    (article,) = articles("a.eml", made.as_bytes())
    assert (article.title, article.authors) == ("Họp báo", ("Nguyễn Lan",))
    assert article.published_at == "2020-11-25T20:36:00+07:00"
    assert article.text.startswith(
        "The ministers of the ten member states met in the capital of Laos on Monday"
    )
    assert "- one\n- two" in article.text
    assert [(cut.line, cut.reason) for cut in article.cut] == [
        ("On Monday Ann wrote:", "quoted"),
        ("> old words", "quoted"),
        ("Lan", "signature"),
    ]


def test_a_message_in_html_and_its_attachments_are_read() -> None:
    made = message()
    made.set_content(f"<p>{VI}</p><p>Hai.</p>", subtype="html")
    made.add_attachment(ZH, filename="会议.txt")
    made.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    made.add_attachment(word(), maintype="application", subtype="octet-stream", filename="b.docx")
    inner = message()
    inner.set_content("Inner words of another message.")
    made.add_attachment(inner)
    found = {article.source: article for article in articles("a.eml", made.as_bytes())}
    assert found["source"].text == f"{VI}\n\nHai."
    assert found["source!会议.txt"].text == ZH
    assert found["source!b.docx"].title == "越南与东盟"
    assert found["source!4"].text == "Inner words of another message."


def test_only_a_quoted_message_is_kept() -> None:
    made = message()
    made.set_content("> all of it\n> is quoted")
    (article,) = articles("a.eml", made.as_bytes())
    assert "all of it" in article.text


@pytest.mark.parametrize("data", [b"", b"no message", b"Subject: x\n\n", b"\xff" * 999])
def test_what_is_no_message_is_rejected(data: bytes) -> None:
    assert reason("a.eml", data)


def test_an_encrypted_message_is_rejected() -> None:
    made = message()
    made.set_content(b"x", maintype="application", subtype="pkcs7-mime")
    assert reason("a.eml", made.as_bytes()) == "it is encrypted"


@given(st.binary())
def test_any_bytes_as_a_message_give_no_error(data: bytes) -> None:
    for item in read("a.eml", b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + data):
        assert isinstance(item, Article) or "its parser failed" not in item.reason

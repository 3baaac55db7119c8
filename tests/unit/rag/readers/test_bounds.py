"""What readers do with documents that state numbers, names and nesting without measure."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest

from rag.readers.archive import opened_zip
from rag.readers.decode import decode, decode_html
from rag.readers.formats.front_matter import front_matter
from rag.readers.pages.html_bounds import bounded
from rag.readers.pages.html_text import html_text
from rag.readers.pdf.info import stated_authors
from tests.hostile.packed import book
from tests.unit.rag.readers.reading import articles, read, reason
from tests.word_file import word_file, zipped

CELL = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
PART = "<item id='{}' href='c.xhtml' media-type='application/xhtml+xml'/>"


def rows(*cells: list[str]) -> bytes:
    made = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in cells)
    return word_file(f"<w:tbl><w:tblPr/><w:tblGrid/>{made}</w:tbl>")


@pytest.mark.parametrize(
    ("yaml", "why"),
    [
        ("a: &a {b: 1}\nc: *a", "aliases"),
        ("a: &a {b: *a}", "aliases"),
        ("date: !!timestamp 2020-13-45", "not valid YAML"),
        ("a: !!int x", "not valid YAML"),
        ("a: !!timestamp x", "not valid YAML"),
        ("a: !!bool x", "not valid YAML"),
        ("title: " + "1" * 5000, "not valid YAML"),
        ("title: 0x" + "f" * 5000, "title is not a string"),
        ("title: " + "[" * 5000, "nested too deeply"),
        ("title: " + "a" * 70_000, "longer than 65,536"),
    ],
)
def test_front_matter_that_stands_for_more_than_it_says_is_refused(yaml: str, why: str) -> None:
    assert why in reason("a.md", f"---\n{yaml}\n---\nA text.")


def test_a_time_in_front_matter_is_not_a_number_to_the_base_of_60() -> None:
    assert front_matter("title: 12:30\nends: 12:30:45.5\nyear: 2020\nshare: 1.5") == {
        "title": "12:30",
        "ends": "12:30:45.5",
        "year": 2020,
        "share": 1.5,
    }


def test_front_matter_may_merge_what_it_writes_out() -> None:
    (article,) = articles("a.md", "---\n<<: {title: B, source: C}\ntitle: A\n---\nA text.")
    assert (article.title, article.source) == ("A", "C")


def test_a_table_of_rows_that_are_far_shorter_than_its_header_stays_as_it_is_written() -> None:
    short = "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|b\n" * 500
    (article,) = articles("a.md", short)
    assert article.text.count("|") == short.count("|")
    (article,) = articles("a.md", "|a|b|\n|-|-|\n|c|d|\n")
    assert article.text.split("\n") == ["a | b", "a: c | b: d"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<div>a <!-- b -- c --> d</div>", "a  d"),
        ("<div>a<br>b</div>", "a\nb"),
        ("a\n\n<!-- b", "a"),
        ("a\n\n<!-- <!-- b -->\n\nc", "a\n\nc"),
    ],
)
def test_markup_in_markdown_is_left_out(markdown: str, text: str) -> None:
    (article,) = articles("a.md", markdown)
    assert article.text == text


def test_names_of_columns_are_bounded() -> None:
    assert reason("a.csv", ",".join(["h" * 30_000] * 4) + "\na,b\n") == "its header is too long"
    assert reason("a.csv", "a," * 20_000 + "\na,b\n") == "its header is too long"
    why = reason("a.csv", ",".join("h" * 99 + str(i) for i in range(12)) + "\na,b\n")
    assert len(why) < 200


@pytest.mark.parametrize(
    ("json", "why"),
    [
        ("[" * 100_000, "nested too deeply"),
        ("[1" + "0" * 5000 + "]", "too many digits"),
        ("[" + "[]," * 2_000_000 + "1]", "more than 4,000,000 values"),
    ],
)
def test_json_of_too_much_is_refused(json: str, why: str) -> None:
    assert why in reason("a.json", json)


def test_a_cell_over_many_columns_is_one_cell() -> None:
    wide = CELL.format("<w:gridSpan w:val='100000000'/>", "a")
    (article,) = articles("a.docx", rows([wide, CELL.format("", "b")]))
    assert article.text == "a | b"


@pytest.mark.parametrize("span", ["0", "-5", "x"])
def test_a_span_that_is_none_is_one_column(span: str) -> None:
    cell = CELL.format(f"<w:gridSpan w:val='{span}'/>", "a")
    (article,) = articles("a.docx", rows([cell, CELL.format("", "b")]))
    assert article.text == "a | b"


def test_a_cell_over_rows_is_on_each_row_unless_it_is_long() -> None:
    begins, goes_on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    for text, second in (("a", "a | c"), ("a" * 301, "c")):
        table = rows(
            [CELL.format(begins, text), CELL.format("", "b")],
            [CELL.format(goes_on, ""), CELL.format("", "c")],
        )
        (article,) = articles("a.docx", table)
        assert article.text.split("\n") == [f"{text} | b", second]


def test_a_table_of_very_many_merged_rows_is_read() -> None:
    below = [CELL.format("<w:vMerge/>", ""), CELL.format("", "b")]
    (article,) = articles(
        "a.docx", rows([CELL.format("", "a"), CELL.format("", "b")], *[below] * 2000)
    )
    assert article.text.count("a | b") == 2001


def test_a_part_of_a_book_is_read_once() -> None:
    (article,) = articles(
        "a.epub", book("<itemref idref='c'/>" * 99, PART.format("c"), b"<p>Once.")
    )
    assert article.text == "Once."


def test_a_book_of_too_many_parts_is_refused() -> None:
    file = book("<itemref idref='c'/>" * 10_001, PART.format("c"), b"<p>a")
    assert "more than 10,000 parts" in reason("a.epub", file)


def test_an_archive_that_lists_too_many_files_is_refused_before_they_are_listed() -> None:
    entry = zipped({"a.txt": b"a"})
    start = entry.rindex(b"PK\x01\x02")
    end = entry.rindex(b"PK\x05\x06")
    listing = entry[start:end] * 100_001
    # The number that the archive states is 1.
    stated = entry[end : end + 12] + len(listing).to_bytes(4, "little") + entry[end + 16 :]
    data = entry[:start] + listing + stated
    with (
        pytest.raises(ValueError, match="more than 100,000 files"),
        opened_zip(io.BytesIO(data), 9),
    ):
        pass


def test_a_member_packed_by_lzma_is_refused() -> None:
    assert "packed in a way" in reason("a.zip", zipped({"a.txt": b"A text."}, zipfile.ZIP_LZMA))


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.epub"])
def test_an_archive_of_an_unknown_version_of_zip_is_refused(name: str) -> None:
    data = bytearray(zipped({"a.txt": b"A text."}))
    data[data.rindex(b"PK\x01\x02") + 6] = 201
    assert reason(name, bytes(data)) == "it is not a ZIP file, or it is damaged"


@pytest.mark.parametrize("encoding", ["punycode", "idna", "unicode_escape", "rot13", "nothing"])
def test_an_encoding_that_is_not_one_of_texts_is_not_used(encoding: str) -> None:
    data = "Giá cà phê -ab".encode()
    assert decode(data + b"\xff", encoding).startswith("Giá cà phê")
    page = f"<meta charset={encoding}>".encode() + data
    assert decode_html(page).endswith("Giá cà phê -ab")


@pytest.mark.parametrize("encoding", ["gb18030", "gb2312", "big5", "windows-1258", "iso-8859-1"])
def test_an_encoding_of_the_web_is_used(encoding: str) -> None:
    text = "à" if encoding[0] in "wi" else "中"
    assert decode_html(f"<meta charset={encoding}>".encode() + text.encode(encoding)).endswith(text)


def test_headers_are_read_as_far_as_names_reach() -> None:
    (article,) = articles("a.eml", b"From: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nA text.")
    assert len(article.authors[0]) < 2000
    (article,) = articles("a.eml", b"From: " + b"(" * 5000 + b"\nSubject: b\n\nA text.")
    assert article.title == "b"


def test_parts_of_a_mail_are_bounded() -> None:
    parts = b"content-type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2000
    assert "more than 1,000 parts" in reason("a.eml", parts)
    begin = b"content-type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    deep = b"".join(begin % (i, i) for i in range(99))
    assert "in more than 20 others" in reason("a.eml", deep)


def test_a_message_in_a_message_is_read_with_its_headers() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Giá cà phê"
    inner.set_content("The inner text.")
    outer = EmailMessage()
    outer["Subject"] = "b"
    outer.set_content("The outer text.")
    outer.add_attachment(inner)
    assert [article.title for article in articles("a.eml", outer.as_bytes())] == ["b", "Giá cà phê"]


@pytest.mark.parametrize("html", ["<p>x" * 100_001, "<!---->" * 100_001])
def test_a_page_of_too_many_elements_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match="more than 100,000 elements"):
        bounded(html)


@pytest.mark.parametrize("html", ["<div>" * 3100, "<div><!--</div>-->" * 3100, "<ul><li>" * 3100])
def test_elements_nested_too_deeply_are_seen_whatever_their_end_tags(html: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        html_text(html + "x")


def test_how_letters_look_changes_nothing_in_a_text() -> None:
    html = "<p><b>One</b> <I class='a'>two</I> f<em>ou</em>r<u>s</u></p><p><tt>x</tt><br>y</p>"
    assert html_text(html) == "One two fours\n\nx\ny"


def test_broken_json_ld_is_kept_only_where_it_is_short() -> None:
    whole = '{"a": "' + "b" * 20_000 + '"}'
    page = "<p>a</p><script type='{}'>{}</script>"
    kept = (
        page.format("application/ld+json", '{"author": "'),
        page.format("application/ld+json", whole),
        page.format("text/javascript", '{"author": "' * 2000),
    )
    for html in kept:
        assert bounded(html) == html
    assert bounded(page.format("application/ld+json", '{"author": "' * 2000)) == "<p>a</p>"
    assert bounded(page.format("application/ld&#43;json", '{"author": "' * 2000)) == "<p>a</p>"


def test_forms_of_very_many_options_become_text() -> None:
    assert "<select>" in bounded("<select>" + "<option>x" * 99)
    assert bounded("<select>" + "<option a>x" * 2000).startswith("<span><span a>x")


def test_authors_are_looked_for_at_the_beginning_of_an_entry() -> None:
    assert stated_authors("A B, C D; E;F and G") == ("A B", "C D", "E", "F", "G")
    assert len(stated_authors("a b,c d;" * 20_000)) < 1000


def test_nothing_is_lost_of_a_feed_that_is_not_cleaned() -> None:
    story = "The council met on Monday and spoke of roads. " * 9
    entry = f"<description>&lt;p style='a'&gt;{story}&lt;script&gt;x()&lt;/script&gt;</description>"
    (article,) = read("a.rss", f"<rss><channel><item>{entry}</item></channel></rss>")
    assert getattr(article, "text", "") == story.strip()

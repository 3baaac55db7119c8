"""Hostile Word documents, books and archives."""

from __future__ import annotations

import gzip
import zipfile

from tests.hostile.pages import open_formatting
from tests.hostile.repeating import Generator
from tests.word_file import word_file, zipped


def table_cell(text: str, properties: str = "") -> str:
    """Return a cell of a Word table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def word_table(rows: list[str]) -> str:
    """Return a Word table; each row is its cells."""
    rows = [f"<w:tr>{row}</w:tr>" for row in rows]
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def _merged_rows(n: int) -> bytes:
    top = table_cell("a" * 250, "<w:vMerge w:val='restart'/>") + table_cell("b")
    below = table_cell("", "<w:vMerge w:val='continue'/>") + table_cell("b")
    return word_file(word_table([top] + [below] * (n // 150)))


def _long_merged_cell(n: int) -> bytes:
    top = table_cell("a" * (n // 2), "<w:vMerge w:val='restart'/>") + table_cell("b")
    below = table_cell("", "<w:vMerge/>") + table_cell("b")
    return word_file(word_table([top] + [below] * (n // 280)))


def _wide_cells(n: int) -> bytes:
    wide = table_cell("a", f"<w:gridSpan w:val='{n * 1000}'/>")
    return word_file(word_table([wide + table_cell("b")] * (n // 180)))


def _many_styles(n: int) -> bytes:
    style = "<w:style w:type='paragraph' w:styleId='s{0}'><w:name w:val='s{0}'/></w:style>"
    styles = "".join(style.format(number) for number in range(n // 150))
    used = "<w:p><w:pPr><w:pStyle w:val='s0'/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>"
    return word_file(used * (n // 150), styles=styles)


def book(spine: str, manifest: str, chapter: bytes) -> bytes:
    """Return a book whose only chapter is ``c.xhtml``."""
    container = "<container><rootfiles><rootfile full-path='p.opf'/></rootfiles></container>"
    package = f"<package><manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    return zipped(
        {
            "META-INF/container.xml": container.encode(),
            "p.opf": package.encode(),
            "c.xhtml": chapter,
        }
    )


_ITEM = "<item id='{}' href='c.xhtml' media-type='application/xhtml+xml'/>"


def _one_part_many_times(n: int) -> bytes:
    return book("<itemref idref='c'/>" * (n // 20), _ITEM.format("c"), b"<p>a b c</p>" * 20)


def _many_names_of_one_part(n: int) -> bytes:
    names = range(n // 90)
    spine = "".join(f"<itemref idref='c{name}'/>" for name in names)
    return book(spine, "".join(_ITEM.format(f"c{name}") for name in names), b"<p>a b c</p>")


def _web_archive(body: bytes, encoding: bytes = b"") -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + encoding + b"\r\n" + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
    head += b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
    return head % len(http) + http + b"\r\n\r\n"


def _archives_in_one_another(n: int) -> bytes:
    data = zipped({f"{i}.txt": b"a" for i in range(n // 100)})
    for name in "abc":
        data = zipped({f"{name}.zip": data})
    return data


def _packed_page(n: int) -> bytes:
    return _web_archive(gzip.compress(b"<p>x" * (n // 4)), b"Content-Encoding: gzip\r\n")


PACKED: dict[str, tuple[str, Generator]] = {
    "word: cells over many columns": (".docx", _wide_cells),
    "word: a cell over many rows": (".docx", _merged_rows),
    "word: a long cell over many rows": (".docx", _long_merged_cell),
    "word: many styles": (".docx", _many_styles),
    "word: paragraphs": (
        ".docx",
        lambda n: word_file("<w:p/>" * (n // 6) + "<w:p><w:r><w:t>a</w:t></w:r></w:p>"),
    ),
    "book: one part many times": (".epub", _one_part_many_times),
    "book: many names of one part": (".epub", _many_names_of_one_part),
    "book: open formatting": (
        ".epub",
        lambda n: book("<itemref idref='c'/>", _ITEM.format("c"), open_formatting(n)),
    ),
    "zip: many members": (".zip", lambda n: zipped({f"{i}.txt": b"a" for i in range(n // 100)})),
    "zip: lines without an article": (".zip", lambda n: zipped({"a.jsonl": b"x\n" * (n // 2)})),
    "zip: zeros": (".zip", lambda n: zipped({"a.txt": bytes(n)})),
    "zip: members packed by LZMA": (
        ".zip",
        lambda n: zipped({"a.txt": b"a" * n}, zipfile.ZIP_LZMA),
    ),
    "zip: archives in one another": (".zip", _archives_in_one_another),
    "zip: half of it": (
        ".zip",
        lambda n: zipped({f"{i}.txt": b"a" for i in range(n // 50)})[: n // 2],
    ),
    "warc: a packed page": (".warc", _packed_page),
    "warc: half of it": (".warc", lambda n: _web_archive(b"<p>x" * (n // 2))[:n]),
    "warc: zeros": (".warc.gz", lambda n: gzip.compress(_web_archive(bytes(n)))),
    "warc: records": (".warc", lambda n: _web_archive(b"<p>x") * (n // 200)),
}

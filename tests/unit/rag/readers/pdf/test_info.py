"""The title and the authors that a file states."""

from __future__ import annotations

import pytest

from rag.readers.pdf.text import PdfText, pdf_text
from tests.pdf_file import Words, pdf_file


def read_info(title: str = "", author: str = "") -> PdfText:
    data = pdf_file([[Words(50, 780, 10, "x.")]], title=title, author=author)
    return pdf_text(data)


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Nghị quyết về hợp tác", "Nghị quyết về hợp tác"),
        ("关于合作的决议", "关于合作的决议"),
        ("Node.js in practice", "Node.js in practice"),
        ("", None),
        ("Untitled", None),
        ("Microsoft Word - x.doc", None),
        ("bai viet.docx", None),
        ("Document1", None),
        ("无标题", None),
    ],
)
def test_title(title: str, read: str | None) -> None:
    assert read_info(title=title).title == read


@pytest.mark.parametrize(
    ("author", "read"),
    [
        ("Nguyễn Văn An", ("Nguyễn Văn An",)),
        ("Nguyễn Văn An, Trần Bình; Lê Hoa", ("Nguyễn Văn An", "Trần Bình", "Lê Hoa")),
        ("Smith, John", ("Smith, John",)),
        ("John Smith and Jane Doe", ("John Smith", "Jane Doe")),
        ("王小明、李华", ("王小明", "李华")),
        ("Administrator", ()),
        ("", ()),
    ],
)
def test_authors(author: str, read: tuple[str, ...]) -> None:
    assert read_info(author=author).authors == read

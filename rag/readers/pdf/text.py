"""The text of PDF files in reading order, and the offsets at which their pages begin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import create_string_buffer
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rag.readers.pdf.characters import INVISIBLE, glyphs_of, runs_of
from rag.readers.pdf.drop_capitals import with_drop_capitals
from rag.readers.pdf.fonts import readable
from rag.readers.pdf.heading import heading_of
from rag.readers.pdf.info import stated_authors, stated_title
from rag.readers.pdf.layout import columns_of, rows_of, without_running_lines
from rag.readers.pdf.lines import Line, Row, TextRun
from rag.readers.pdf.paragraphs import paragraphs_of
from rag.readers.pdf.print_marks import without_print_marks
from rag.readers.pdf.raised import with_raised_on_lines
from rag.readers.pdf.vertical import with_vertical_lines
from rag.text.joining.han_spaces import closed_up
from rag.text.joining.joint import WORD, Habits, joint
from rag.text.legacy.misread import restored

_PDFIUM = Lock()
"""pdfium has global state: two threads must not be in it, even with two documents."""

_PASSWORD, _SECURITY = 4, 5
"""pdfium's error codes FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY."""

_MIN_TURNED = 200
"""Characters of text that runs in another direction than most of its page; less is a stamp or the
label of an axis. Chosen manually, not tuned."""

MAX_PAGES = 5000
"""Pages of a file. Chosen manually, not tuned."""

_MAX_CHARACTERS, _MAX_ON_PAGE = 5_000_000, 200_000
"""Characters of a file and of one of its pages. Chosen manually, not tuned: a page of a newspaper
has 30,000, and each takes 4 to 25 µs."""

UNREAD = "its fonts do not say which letters they show"

_NOT_PDF = "it is not a PDF file, or it is cut off"


@dataclass(frozen=True)
class PdfText:
    """The text of a PDF file, and the title and authors that it states.

    Attributes:
        text: paragraphs, headings and list items, with a blank line between them.
        pages: for each page, the offset in the text at which it begins; a page without text begins
            at the same offset as the next one.
        title: from the document's information; where it has none, or only what programs enter, the
            heading of the first page; None if there is none either.
        authors: from the document's information.
        url: the web address from which a browser printed the file; None if it does not say one.
        unread: indices of the pages with text whose fonts do not say which letters they show; it
            is left out.
    """

    text: str
    pages: tuple[int, ...]
    title: str | None
    authors: tuple[str, ...]
    url: str | None = None
    unread: tuple[int, ...] = ()


def pdf_text(data: bytes, *, max_pages: int = MAX_PAGES) -> PdfText:
    """Return the text of a PDF file, in reading order.

    Lines are joined to paragraphs. A hyphen at the end of a line before a small letter is removed,
    unless the file has the word with a hyphen elsewhere and never without it. Headers, footers,
    page numbers and a browser's marks are left out, and so are slanted text and short text in
    another direction.

    Args:
        data: the file.
        max_pages: how many pages it may have.

    Raises:
        ValueError: it cannot be read; the message is a short reason.
    """
    with _PDFIUM, _opened(data) as document:
        count = _pdfium().FPDF_GetPageCount(document)
        if count < 1:
            raise ValueError(_NOT_PDF)
        if count > max_pages:
            raise ValueError(f"it has more than {max_pages} pages")
        found = readable(_pages(document, count))
        info = {key: _info(document, key) for key in ("Title", "Author")}
    pages = [_rows(page) for page in found.pages]
    printed = without_print_marks([page[0] if page else [] for page in pages])
    upright = without_running_lines(printed.pages)
    columns = [
        column
        for index, page in enumerate(pages)
        for rows in (upright[index], *page[1:])
        for column in columns_of(rows, index)
    ]
    paragraphs = paragraphs_of(columns)
    text, starts = _joined(paragraphs, count)
    if not text:
        raise ValueError(UNREAD if found.lost else "it has no text, only pictures")
    return PdfText(
        text,
        starts,
        stated_title(restored(info["Title"])) or _joined([heading_of(paragraphs)], 0)[0] or None,
        stated_authors(info["Author"]),
        printed.url,
        found.lost,
    )


def _pdfium() -> Any:  # noqa: ANN401
    """Return pdfium's functions; the import initialises the library."""
    import pypdfium2.raw

    return pypdfium2.raw


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    pdfium = _pdfium()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        locked = pdfium.FPDF_GetLastError() in (_PASSWORD, _SECURITY)
        raise ValueError("it is encrypted" if locked else _NOT_PDF)
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _pages(document: Any, count: int) -> list[list[list[TextRun]]]:  # noqa: ANN401
    """Return the runs of each page, for each direction of text.

    Raises:
        ValueError: the pages have too many characters.
    """
    pages = []
    left = _MAX_CHARACTERS
    for index in range(count):
        page, characters = _directions(document, index)
        left -= characters
        if left < 0:
            raise ValueError(f"it has more than {_MAX_CHARACTERS:,} characters")
        pages.append(page)
    return pages


def _directions(document: Any, index: int) -> tuple[list[list[TextRun]], int]:  # noqa: ANN401
    """Return the runs of a page for each direction of text, and how many characters it has.

    A page that pdfium cannot read has none.

    Raises:
        ValueError: the page has too many characters.
    """
    pdfium = _pdfium()
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        return [], 0
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        if not text_page:
            return [], 0
        try:
            characters = pdfium.FPDFText_CountChars(text_page)
            if characters > _MAX_ON_PAGE:
                raise ValueError(f"page {index + 1} has more than {_MAX_ON_PAGE:,} characters")
            runs = runs_of(with_vertical_lines(glyphs_of(pdfium, page, text_page)))
        finally:
            pdfium.FPDFText_ClosePage(text_page)
    finally:
        pdfium.FPDF_ClosePage(page)
    return runs, characters


def _rows(page: Sequence[Sequence[TextRun]]) -> list[list[Row]]:
    """Return the rows of a page for each direction of text; that with most text is first."""
    by_length = sorted(page, key=lambda part: -sum(len(run.text) for run in part))
    return [
        rows_of(with_drop_capitals(with_raised_on_lines(part)))
        for i, part in enumerate(by_length)
        if i == 0 or sum(len(run.text) for run in part) >= _MIN_TURNED
    ]


def _joined(paragraphs: Sequence[Sequence[Line]], page_count: int) -> tuple[str, tuple[int, ...]]:
    """Return paragraphs as one text, and the offset at which each page begins."""
    words = {word for lines in paragraphs for line in lines for word in WORD.findall(line.text)}
    habits = Habits(frozenset(words))
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for lines in paragraphs:
        before = ""
        for line in lines:
            text = _cleaned(line.text)
            if not text:
                continue
            if not before:
                between = "\n\n" if pieces else ""
            else:
                between, cut = joint(before, text, habits)
                if cut:
                    pieces[-1] = pieces[-1][:-1]
                    length -= 1
            length += len(between)
            starts += [length] * (line.page + 1 - len(starts))
            pieces += [between, text]
            length += len(text)
            before = text
    starts += [length] * (page_count - len(starts))
    return "".join(pieces), tuple(starts)


def _cleaned(text: str) -> str:
    """Return a line in NFC with single spaces; a soft hyphen at its end becomes a hyphen."""
    text = re.sub("\u00ad(?=\\s*$)", "-", text).replace("\u00ad", "")
    return closed_up(" ".join(unicodedata.normalize("NFC", text).split()))


def _info(document: Any, key: str) -> str:  # noqa: ANN401
    """Return an entry of the document's information; empty if it has none."""
    pdfium = _pdfium()
    size = pdfium.FPDF_GetMetaText(document, key.encode(), None, 0)
    buffer = create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, key.encode(), buffer, size)
    text = buffer.raw[: max(0, size - 2)].decode("utf-16-le", "ignore")
    return _cleaned(INVISIBLE.sub("", text))

"""Documents that once stopped a server or exhausted it, at the sizes at which they did."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from tests.hostile.mails import MAILS
from tests.hostile.packed import PACKED, table_cell, word_table
from tests.hostile.pages import PAGES
from tests.hostile.pdf_files import PDF_FILES, page_of_packed_text
from tests.hostile.texts import TEXTS
from tests.word_file import word_file, zipped

_MARKS = "\u0301\u0323".encode()

_ENCODED_WORDS = 280_000
"""Bytes of 20,000 encoded words."""

_SPINE = 6_000_000
"""Bytes of a book's 300,000 items, before they are packed."""

_BAD_LINES = 30_000_000

_WORDS_OF_TEXT = 1_000_000
"""Strings on one page of a PDF file, of ten letters each; packed they have some 30 KB."""

_JSON = 60_000_000

_BREAKS = 1_200_000


def _merges() -> bytes:
    """Return front matter of half a kilobyte that stands for a hundred million values."""
    rows = ["a0: &a0 {x: 1}"]
    rows += [f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    return ("---\n" + "\n".join(rows) + "\n---\nA text.").encode()


def _wide_cell() -> bytes:
    return word_file(word_table([table_cell("a", "<w:gridSpan w:val='100000000'/>")]))


def _steering_title() -> bytes:
    title = "A\u202eB\x1b]0;owned\x07\x1b[2J\x9b31m\u2066"
    return f"# {title}\n\nA text of some words.".encode()


KNOWN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "800 KB of comments without an end": (
        ".md",
        lambda: TEXTS["markdown: comments without an end"][1](800_000),
    ),
    "a form of a PDF file that shows itself": (
        ".pdf",
        lambda: PDF_FILES["pdf: a form that shows itself"][1](0),
    ),
    "20,000 encoded words in the sender of a mail": (
        ".eml",
        lambda: MAILS["mail: encoded words in the sender"][1](_ENCODED_WORDS),
    ),
    "20,000 encoded words in the subject of a mail": (
        ".eml",
        lambda: MAILS["mail: encoded words in the subject"][1](_ENCODED_WORDS),
    ),
    "120 KB of combining marks": (".txt", lambda: b"a" + _MARKS * 30_000),
    "1 MB of combining marks": (".txt", lambda: b"a" + _MARKS * 245_000),
    "merges in front matter": (".md", _merges),
    "a cell over a hundred million columns": (".docx", _wide_cell),
    "a book of 300,000 parts": (".epub", lambda: PACKED["book: one part many times"][1](_SPINE)),
    "30 million bad lines in an archive": (
        ".zip",
        lambda: zipped({"a.jsonl": b"x\n" * _BAD_LINES}),
    ),
    "10 million letters on a page of a PDF file": (
        ".pdf",
        lambda: page_of_packed_text(zlib.compress(b"(abcdefghij) Tj " * _WORDS_OF_TEXT)),
    ),
    "60 MB of objects in JSON": (".json", lambda: TEXTS["json: empty objects"][1](_JSON)),
    "300,000 line breaks": (".html", lambda: PAGES["html: line breaks"][1](_BREAKS)),
    "300,000 paragraphs": (".html", lambda: PAGES["html: paragraphs"][1](_BREAKS)),
    "a title that steers terminals": (".md", _steering_title),
}
"""By its name: the kind of document, a file ending, and what makes it."""

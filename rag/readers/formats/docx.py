"""Word documents (.docx), by python-docx."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.archive import MAX_UNPACKED, opened_zip
from rag.readers.document import Document
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.table import CT_Tc
    from docx.table import Table

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of encrypted documents and of documents of Word before 2007."""

_PROGRAM_AUTHORS = frozenset(
    {"", "python-docx", "un-named", "microsoft office user", "user", "admin"}
)
"""Authors that programs enter, in lower case. Our own list, chosen manually."""

_MAX_SPAN = 1000
"""Columns that a cell spans, at most; Word's tables have up to 63."""

_MAX_REPEATED = 300
"""Characters of a cell that spans rows, up to which its text is on each row. Chosen manually, not
tuned: such cells name what is in their rows."""


def read_docx(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the document as one article: paragraphs, list items, and the rows of tables.

    The document's date is not used: it is when the file was first saved, not when it was published.

    Raises:
        ValueError: it is encrypted, damaged or empty.
    """
    import docx

    data = document.read()
    if data.startswith(_COMPOUND):
        raise ValueError(
            "it is encrypted or from Word before 2007; save it as .docx without a password"
        )
    with opened_zip(io.BytesIO(data), len(data), most=MAX_UNPACKED):
        pass
    try:
        found = _parsed(docx.Document(io.BytesIO(data)))
    except MemoryError:
        raise
    except Exception as error:
        # Of what is missing or has another form, python-docx and lxml each have their own errors.
        # Some of their messages name objects of Python, whose addresses are others each time.
        kind = type(error).__name__
        raise ValueError(f"it is not a Word document, or it is damaged ({kind})") from None
    yield make_article(
        found.text,
        key=document.key,
        title=found.title,
        url=document.url,
        source=document.source,
        published_at=document.published_at,
        authors=[] if found.author.casefold() in _PROGRAM_AUTHORS else [found.author],
    )


@dataclass(frozen=True)
class _Parsed:
    """What a document holds."""

    text: str
    title: str | None
    author: str


def _parsed(word: WordDocument) -> _Parsed:
    known = word.core_properties
    text = "\n\n".join(_blocks(word))
    return _Parsed(text, known.title or _title(word), (known.author or "").strip())


def _blocks(word: WordDocument) -> Iterator[str]:
    from docx.table import Table

    for block in word.iter_inner_content():
        text = "\n".join(_rows(block)) if isinstance(block, Table) else block.text
        if text.strip():
            yield text.strip()


def _rows(table: Table) -> Iterator[str]:
    """Yield the rows of a table; text of a cell that spans rows is on each of them.

    python-docx's own cells take one object for each column of a span, and look for the first cell
    of merged ones from row to row.
    """
    above: dict[int, str] = {}
    for row in table.rows:
        column = row.grid_cols_before
        # A dictionary, because programs repeat the text of merged cells.
        cells: dict[str, None] = {}
        for cell in row._tr.tc_lst:
            if cell.vMerge == "continue":
                text = above.get(column, "")
            else:
                text = " ".join("\n".join(part.text for part in cell.p_lst).split())
                above[column] = text if len(text) <= _MAX_REPEATED else ""
            cells[text] = None
            column += _columns(cell)
        if line := " | ".join(filter(None, cells)):
            yield line


def _columns(cell: CT_Tc) -> int:
    """Return the number of columns that a cell spans."""
    try:
        return min(max(cell.grid_span, 1), _MAX_SPAN)
    except ValueError:
        return 1


def _title(word: WordDocument) -> str | None:
    """Return the first paragraph that has the style of a title or a heading."""
    # python-docx looks through all styles for each paragraph that is asked for its own.
    titles = {
        style.styleId
        for style in word.styles.element.style_lst
        if (style.name_val or "").lower().startswith(("title", "heading"))
    }
    for paragraph in word.paragraphs:
        if paragraph._p.style in titles and paragraph.text.strip():
            return paragraph.text.strip()
    return None

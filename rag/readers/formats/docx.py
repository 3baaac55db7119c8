"""Word documents (.docx), by python-docx."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.readers.archive import opened_zip
from rag.readers.document import Document
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of encrypted documents and of documents of Word before 2007."""

_PROGRAM_AUTHORS = frozenset(
    {"", "python-docx", "un-named", "microsoft office user", "user", "admin"}
)
"""Authors that programs enter, in lower case. Our own list, chosen manually."""


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
    with opened_zip(io.BytesIO(data), len(data)):
        pass
    try:
        word = docx.Document(io.BytesIO(data))
    except (KeyError, ValueError) as error:
        raise ValueError(f"it is not a Word document ({error})") from None
    known = word.core_properties
    author = (known.author or "").strip()
    yield make_article(
        "\n\n".join(_blocks(word)),
        key=document.key,
        title=known.title or _title(word),
        url=document.url,
        source=document.source,
        published_at=document.published_at,
        authors=[] if author.casefold() in _PROGRAM_AUTHORS else [author],
    )


def _blocks(word: WordDocument) -> Iterator[str]:
    from docx.table import Table

    for block in word.iter_inner_content():
        text = "\n".join(_rows(block)) if isinstance(block, Table) else block.text
        if text.strip():
            yield text.strip()


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        # A merged cell comes once for each column that it spans.
        cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
        if line := " | ".join(filter(None, cells)):
            yield line


def _title(word: WordDocument) -> str | None:
    """Return the first paragraph that has the style of a title or a heading."""
    for paragraph in word.paragraphs:
        style = paragraph.style.name if paragraph.style is not None else None
        if style and style.startswith(("Title", "Heading")) and paragraph.text.strip():
            return paragraph.text.strip()
    return None

"""CSV and TSV: one article a row, under a header that names the columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from rag.readers.decode import decode
from rag.readers.document import MOST_BYTES, Document
from rag.readers.json_article import json_article
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection
from tamngu.records.article import Article

_DELIMITERS = ",;\t|"


def read_table(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield each row's article; rows that hold none are rejected by number, the rest read on.

    The columns are those of :func:`rag.readers.json_article.json_article`, by the header or by
    ``reading.fields``; several authors or tags are parted by semicolons.

    Raises:
        ValueError: it is no table with a header, or there is no row in it.
    """
    # Python's own bound of 131,072 characters a field is less than a long article has.
    csv.field_size_limit(MOST_BYTES)
    text = decode(document.read(), document.charset).removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = [name.strip() for name in next(rows, [])]
    empty = True
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num} breaks off the table ({error})") from None
        if row is None:
            break
        if not any(cell.strip() for cell in row):
            continue
        empty = False
        known = dict(zip(header, row, strict=False))
        try:
            yield json_article(_split(known, reading), _content(known), document, reading)
        except ValueError as error:
            yield Rejection(f"{document.name} line {rows.line_num}", str(error))
    if empty:
        raise ValueError("there is no row under a header in it")


def _delimiter(text: str) -> str:
    """Return the mark that stands most often in the header."""
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _split(known: dict[str, str], reading: Reading) -> dict[str, str | list[str] | None]:
    """Return a row with its lists as lists and its empty cells as nothing."""
    row: dict[str, str | list[str] | None] = {
        name: cell.strip() or None for name, cell in known.items()
    }
    for name in ("authors", "tags"):
        column = reading.fields.get(name, name)
        if cell := known.get(column):
            row[column] = [each.strip() for each in cell.split(";")]
    return row


def _content(known: dict[str, str]) -> bytes:
    return json.dumps(known, ensure_ascii=True, sort_keys=True).encode()

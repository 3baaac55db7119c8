"""Tables (.csv, .tsv): each row is an article, and a header names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial

from rag.readers.decode import decode
from rag.readers.document import MAX_BYTES, Document
from rag.readers.fields import order_of_dates
from rag.readers.json_article import json_article, object_content
from rag.readers.reading_options import Reading
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_DELIMITERS = ",;\t|"

_MAX_COLUMNS, _MAX_HEADER = 16_384, 100_000
"""Columns of a table, which are as many as programs for tables allow, and characters of its header:
what identifies a row names its columns. The second was chosen manually, not tuned."""


def read_table(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the article of each row; a row without an article is rejected with its line number.

    The columns are those of :func:`rag.readers.json_article.json_article`, by the header or by
    ``reading.fields``. Semicolons separate several authors or tags.

    Raises:
        ValueError: it is not a table with a header, its header is too long, or it has no rows.
    """
    # By default Python allows 131,072 characters in a field; a long article has more.
    csv.field_size_limit(MAX_BYTES)
    text = decode(document.read(), document.charset).removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = _header(rows)
    day_first = _order(text, header, reading)
    empty = True
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise ValueError(f"the table is broken at line {rows.line_num} ({error})") from None
        if row is None:
            break
        if not any(cell.strip() for cell in row):
            continue
        empty = False
        known = dict(zip(header, row, strict=False))
        try:
            content = partial(object_content, known)
            row_fields = _split(known, reading)
            yield json_article(row_fields, content, document, reading, day_first=day_first)
        except ValueError as error:
            yield Rejection(f"{document.name} line {rows.line_num}", str(error))
    if empty:
        raise ValueError("it has no rows under its header")


def _header(rows: Iterator[list[str]]) -> list[str]:
    """Return the names of the columns.

    Raises:
        ValueError: they are too many or too long.
    """
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise ValueError(f"the table is broken in its header ({error})") from None
    if len(header) > _MAX_COLUMNS or sum(map(len, header)) > _MAX_HEADER:
        raise ValueError("its header is too long")
    return header


def _order(text: str, header: list[str], reading: Reading) -> bool | None:
    """Return whether the column of dates has days before months; None if it does not show that."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    known = (dict(zip(header, row, strict=False)) for row in rows)
    try:
        return order_of_dates(known, reading.fields)
    except csv.Error:
        return None


def _delimiter(text: str) -> str:
    """Return the delimiter that the header has most often."""
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _split(known: dict[str, str], reading: Reading) -> dict[str, str | list[str] | None]:
    """Return a row with lists of authors and tags, and None for empty cells."""
    row: dict[str, str | list[str] | None] = {
        name: cell.strip() or None for name, cell in known.items()
    }
    for name in ("authors", "tags"):
        column = reading.fields.get(name, name)
        if cell := known.get(column):
            row[column] = [each.strip() for each in cell.split(";")]
    return row

"""JSON lines (.jsonl): each line is an article."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.decode import decode, is_wide
from rag.readers.document import MAX_BYTES, Document
from rag.readers.json_article import json_article, parsed
from rag.readers.reading_options import Reading
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def read_jsonl(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the article of each line; a line without an article is rejected with its number.

    :func:`rag.readers.json_article.json_article` describes the objects.

    Raises:
        ValueError: it is empty.
    """
    empty = True
    for number, line in enumerate(_lines(document), start=1):
        if not line.strip():
            continue
        empty = False
        try:
            if len(line) > MAX_BYTES:
                raise ValueError(f"it is longer than {MAX_BYTES // 2**20} MB")
            # A line without id and URL is identified by its content, wherever it is in the file.
            yield json_article(parsed(decode(line)), line.strip, document, reading)
        except ValueError as error:
            yield Rejection(f"{document.name} line {number}", str(error))
    if empty:
        raise ValueError("it has no text")


def _lines(document: Document) -> Iterator[bytes]:
    """Yield the lines of a file, one at a time if its encoding allows it.

    A line that is too long is cut to one byte more than is allowed.
    """
    with document.open() as file:
        wide = is_wide(file.read(4096))
    if wide:
        yield from decode(document.read()).encode().split(b"\n")
        return
    with document.open() as file:
        while line := file.readline(MAX_BYTES + 1):
            yield line
            while len(line) > MAX_BYTES and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES + 1)

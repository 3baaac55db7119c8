"""JSON lines: one article a line."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.decode import decode, is_utf16
from rag.readers.document import MOST_BYTES, Document
from rag.readers.json_article import json_article, parsed
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection
from tamngu.records.article import Article


def read_jsonl(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield each line's article; lines that hold none are rejected by number, the rest read on.

    See :func:`rag.readers.json_article.json_article` for what a line is.
    """
    empty = True
    for number, line in enumerate(_lines(document), start=1):
        if not line.strip():
            continue
        empty = False
        try:
            if len(line) > MOST_BYTES:
                raise ValueError(f"it is longer than {MOST_BYTES // 2**20} MB")
            # Without an id or a URL a line is known by what it says, wherever in the file it is.
            yield json_article(parsed(decode(line)), line.strip(), document, reading)
        except ValueError as error:
            yield Rejection(f"{document.name} line {number}", str(error))
    if empty:
        raise ValueError("there is no text in it")


def _lines(document: Document) -> Iterator[bytes]:
    """Yield the lines of a file, one at a time where its encoding allows.

    Of a line that is too long only so much is given that this can be seen.
    """
    with document.open() as file:
        wide = is_utf16(file.read(4))
    if wide:
        yield from decode(document.read()).encode().split(b"\n")
        return
    with document.open() as file:
        while line := file.readline(MOST_BYTES + 1):
            yield line
            while len(line) > MOST_BYTES and not line.endswith(b"\n"):
                line = file.readline(MOST_BYTES + 1)

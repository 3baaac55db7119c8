"""JSON lines: one article a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.article import Article, make_article
from rag.readers.decode import Undecodable, decode, is_utf16
from rag.readers.fields import article_fields
from rag.readers.reading import Reading
from rag.readers.rejection import Rejection


def read_jsonl(path: Path, source: str, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield each line's article; lines that hold none are rejected by number, the rest read on.

    A line is an object with ``text`` and any of ``id``, ``title``, ``url``, ``source``,
    ``published_at``, ``language``, ``authors``, ``tags``.
    """
    empty = True
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        empty = False
        try:
            yield _article(line, str(path.resolve()), source)
        except (Undecodable, ValueError) as error:
            yield Rejection(f"{path} line {number}", str(error))
    if empty:
        yield Rejection(str(path), "there is no text in it")


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, one at a time where its encoding allows."""
    with path.open("rb") as file:
        if is_utf16(file.read(4)):
            file.seek(0)
            yield from decode(file.read()).encode().split(b"\n")
        else:
            file.seek(0)
            yield from file


def _article(line: bytes, path: str, source: str) -> Article:
    try:
        known: Any = json.loads(decode(line))
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise ValueError(f"no JSON ({reason})") from None
    if not isinstance(known, dict):
        raise ValueError("no JSON object")
    text = known.get("text")
    if not isinstance(text, str):
        raise ValueError("it has no string named text")
    fields = article_fields(known)
    fields["source"] = fields.get("source") or source
    # Without an id or a URL a line is known by what it says, wherever in the file it stands.
    content = hashlib.sha256(line.strip()).hexdigest()
    return make_article(text, key=f"{path}#{content}", **fields)

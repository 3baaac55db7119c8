"""JSON lines: one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.article import Article, make_article
from rag.readers.decode import Undecodable, decode
from rag.readers.fields import article_fields
from rag.readers.rejection import Rejection


def read_jsonl(path: Path, source: str) -> Iterator[Article | Rejection]:
    """Yield each line's article; lines that hold none are rejected by number, the rest read on.

    A line is an object with ``text`` and any of ``id``, ``title``, ``url``, ``source``,
    ``published_at``, ``language``, ``authors``, ``tags``.
    """
    empty = True
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            empty = False
            where = f"{path} line {number}"
            try:
                yield _article(line, f"{path.resolve()}#{number}", source)
            except (Undecodable, ValueError) as error:
                yield Rejection(where, str(error))
    if empty:
        yield Rejection(str(path), "there is no text in it")


def _article(line: bytes, key: str, source: str) -> Article:
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
    return make_article(text, key=key, **fields)

"""Reading one document that a test has made."""

from __future__ import annotations

import io
from pathlib import Path

from rag.readers import Document, Reading, Rejection, read_document
from rag.readers.kinds import kind_of
from tamngu.records.article import Article


def document(name: str, data: bytes, url: str | None = None) -> Document:
    """Return bytes as a document of that name."""
    return Document(name, name, kind_of(name) or "", "source", lambda: io.BytesIO(data), url)


def read(name: str, data: bytes | str, **fields: str) -> list[Article | Rejection]:
    """Return what is in a document, with fields of articles under those names."""
    data = data.encode() if isinstance(data, str) else data
    return list(read_document(document(name, data), Reading(fields=fields)))


def articles(name: str, data: bytes | str, **fields: str) -> list[Article]:
    """Return the articles of a document that holds nothing else."""
    found = read(name, data, **fields)
    held = [item for item in found if isinstance(item, Article)]
    assert held == found, found
    return held


def reason(name: str, data: bytes | str, **fields: str) -> str:
    """Return why a document was rejected as a whole."""
    (found,) = read(name, data, **fields)
    assert isinstance(found, Rejection), found
    assert found.where.startswith(name)
    return found.reason


def saved(path: Path, data: bytes) -> Path:
    """Write a file."""
    path.write_bytes(data)
    return path

"""Helpers that read one document of a test."""

from __future__ import annotations

import io
from pathlib import Path

from rag.readers import Document, Reading, read_document
from rag.readers.registry import kind_of
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def document(name: str, data: bytes, url: str | None = None) -> Document:
    """Return bytes as a document with a name."""
    return Document(name, name, kind_of(name) or "", "source", lambda: io.BytesIO(data), url)


def read(name: str, data: bytes | str, **fields: str) -> list[Article | Rejection]:
    """Return the articles and rejections of a document; ``fields`` renames fields."""
    data = data.encode() if isinstance(data, str) else data
    return list(read_document(document(name, data), Reading(fields=fields)))


def articles(name: str, data: bytes | str, **fields: str) -> list[Article]:
    """Return the articles of a document without rejections."""
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

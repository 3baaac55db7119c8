"""The fields that describe an article in JSON, in tables and in front matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.readers.document import Document

_STRINGS = ("id", "title", "language", "url", "source", "published_at")
_LISTS = ("authors", "tags")

FIELDS = ("text", *_STRINGS, *_LISTS)
"""Names of all fields of an article."""


def article_fields(
    known: Mapping[str, Any], named: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the arguments of :func:`rag.records.new_article.make_article` that ``known`` has.

    Other names and nulls are ignored. A number is accepted as a string, because YAML reads a title
    of digits as a number.

    Args:
        known: names and values.
        named: names of fields in ``known``, where they differ from the fields' own names.

    Raises:
        ValueError: a value has another type than its field.
    """
    fields: dict[str, Any] = {}
    names = named or {}
    for name in _STRINGS:
        value = known.get(names.get(name, name))
        if value is not None:
            fields[name] = _string(name, value)
    for name in _LISTS:
        value = known.get(names.get(name, name))
        if value is not None:
            values = value if isinstance(value, list) else [value]
            fields[name] = [_string(name, item) for item in values]
    return fields


def described_by(document: Document, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields; those that are not stated are taken from the document."""
    return {
        **fields,
        "url": fields.get("url") or document.url,
        "source": fields.get("source") or document.source,
        "published_at": fields.get("published_at") or document.published_at,
    }


def _string(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} is not a string")
    try:
        return str(value)
    except ValueError:
        # A number of more digits than Python writes; YAML has hexadecimal ones of any length.
        raise ValueError(f"{name} is not a string") from None

"""The names and values that describe an article in JSON lines and in front matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_STRINGS = ("id", "title", "language", "url", "source", "published_at")
_LISTS = ("authors", "tags")


def article_fields(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of :func:`rag.article.make_article` that ``known`` holds.

    Other names are passed over, as are nulls; a number will do as an id.

    Raises:
        ValueError: a value is not of the kind its name asks for.
    """
    fields: dict[str, Any] = {}
    for name in _STRINGS:
        value = known.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{name} is no string")
        if value is not None:
            fields[name] = value
    for name in _LISTS:
        value = known.get(name)
        if isinstance(value, str):
            value = [value]
        if value is not None and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            raise ValueError(f"{name} is no list of strings")
        if value is not None:
            fields[name] = value
    return fields

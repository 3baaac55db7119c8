"""The names and values that describe an article in JSON lines and in front matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_STRINGS = ("id", "title", "language", "url", "source", "published_at")
_LISTS = ("authors", "tags")


def article_fields(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of :func:`rag.article.make_article` that ``known`` holds.

    Other names are passed over, as are nulls. A number will do for a string: YAML takes a title of
    digits for one.

    Raises:
        ValueError: a value is not of the kind its name asks for.
    """
    fields: dict[str, Any] = {}
    for name in _STRINGS:
        value = known.get(name)
        if value is not None:
            fields[name] = _string(name, value)
    for name in _LISTS:
        value = known.get(name)
        if value is not None:
            values = value if isinstance(value, list) else [value]
            fields[name] = [_string(name, item) for item in values]
    return fields


def _string(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} is no string")
    return str(value)

"""The fields that describe an article in JSON, in tables and in front matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from rag.readers.document import Document
from rag.text.dates.order import day_first_in, day_first_of_all, is_chinese
from rag.text.dates.stated import iso_date

_STRINGS = ("id", "title", "language", "url", "source")
_LISTS = ("authors", "tags")

FIELDS = ("text", *_STRINGS, "published_at", *_LISTS)
"""Names of all fields of an article."""

_FIRST_YEAR = 1000
"""Archives have articles that are older than the web."""

_SEEN = 1000
"""Dates of a column by which its order of day and month is told. Chosen manually, not tuned."""


def article_fields(
    known: Mapping[str, Any],
    named: Mapping[str, str] | None = None,
    *,
    text: str = "",
    day_first: bool | None = None,
) -> dict[str, Any]:
    """Return the arguments of :func:`rag.records.new_article.make_article` that ``known`` has.

    Other names and nulls are ignored. A number is accepted as a string, because YAML reads a title
    of digits as a number. A date may have any form that :mod:`rag.text.dates` reads; one that is
    not understood is left out.

    Args:
        known: names and values.
        named: names of fields in ``known``, where they differ from the fields' own names.
        text: of the article, whose language tells the order of 3/8/2020.
        day_first: the order that other dates of the file show; None if they show none.

    Raises:
        ValueError: a value has another type than its field.
    """
    fields: dict[str, Any] = {}
    names = named or {}
    for name in _STRINGS:
        value = known.get(names.get(name, name))
        if value is not None:
            fields[name] = _string(name, value)
    if date := _date(known.get(names.get("published_at", "published_at"))):
        order = day_first_in(fields.get("language"), text) if day_first is None else day_first
        fields["published_at"] = iso_date(
            date, day_first=order, chinese=is_chinese(text), first_year=_FIRST_YEAR
        )
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


def order_of_dates(rows: Iterable[object], named: Mapping[str, str]) -> bool | None:
    """Return whether the dates of a file have days before months, as those of one meaning show.

    Args:
        rows: objects of the file; the first thousand are looked at.
        named: as :func:`article_fields` takes it.
    """
    name = named.get("published_at", "published_at")
    found = (row.get(name) for row in islice(rows, _SEEN) if isinstance(row, dict))
    return day_first_of_all(value for value in found if isinstance(value, str))


def _date(value: object) -> str | None:
    """Return a date as a string; an export of MongoDB has it in an object.

    Raises:
        ValueError: it is neither a string nor a number.
    """
    for name in ("$date", "$numberLong"):
        if isinstance(value, dict) and len(value) == 1:
            value = value.get(name, value)
    return None if value is None else _string("published_at", value)


def _string(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} is not a string")
    try:
        return str(value)
    except ValueError:
        # A number of more digits than Python writes; YAML has hexadecimal ones of any length.
        raise ValueError(f"{name} is not a string") from None

"""An article as a JSON object, or as a row of a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from rag.readers.document import Document
from rag.readers.fields import article_fields, described_by
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

_MAX_NAMES = 12
"""Names of an object that an error message lists."""

_MAX_NAME = 40
"""Characters of a name that an error message shows."""

_MAX_VALUES = 4_000_000
"""Values in a JSON text. Each takes up to 70 bytes; articles have a comma, bracket or colon for
every 20 bytes at most."""


def parsed(text: str) -> object:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is not JSON, or has too many values.
    """
    if sum(map(text.count, ",:[{")) > _MAX_VALUES:
        raise ValueError(f"it has more than {_MAX_VALUES:,} values")
    try:
        stated: object = json.loads(text)
    except RecursionError:
        raise ValueError("it is not JSON (nested too deeply)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg})") from None
    except ValueError:
        raise ValueError("it has a number of too many digits") from None
    return stated


def json_article(
    known: object,
    content: Callable[[], bytes],
    document: Document,
    reading: Reading,
    *,
    day_first: bool | None = None,
) -> Article:
    """Return the article of a JSON object.

    The object has ``text`` and any of ``id``, ``title``, ``url``, ``source``, ``published_at``,
    ``language``, ``authors``, ``tags``, each under its own name or under the name in
    ``reading.fields``.

    Args:
        known: the object.
        content: returns bytes that identify the article if it has neither id nor URL; it is called
            if there is a text.
        document: the document that the object is from.
        reading: how it is to be read.
        day_first: as :func:`rag.readers.fields.article_fields` takes it.

    Raises:
        ValueError: it is not an object or has no text; the message lists the names that it has.
    """
    if not isinstance(known, dict):
        raise ValueError("it is not a JSON object")
    name = reading.fields.get("text", "text")
    text = known.get(name)
    if not isinstance(text, str):
        raise ValueError(_without_text(name, known))
    fields = article_fields(known, reading.fields, text=text, day_first=day_first)
    key = f"{document.key}#{hashlib.sha256(content()).hexdigest()}"
    return make_article(text, key=key, **described_by(document, fields))


def object_content(known: object) -> bytes:
    """Return the bytes that identify an object, whatever the order and the form of its names.

    Raises:
        ValueError: it is nested too deeply.
    """
    try:
        return json.dumps(known, ensure_ascii=True, sort_keys=True).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _without_text(name: str, known: Mapping[str, Any]) -> str:
    named = (each for each, value in known.items() if isinstance(value, str))
    strings = [
        each if len(each) <= _MAX_NAME else f"{each[:_MAX_NAME]}…"
        for each in islice(named, _MAX_NAMES)
    ]
    has = f"; it has {', '.join(strings)}: choose one with --field text=NAME" if strings else ""
    return f"it has no string named {name}{has}"

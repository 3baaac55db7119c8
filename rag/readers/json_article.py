"""An article as a JSON object, or as a row of a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rag.readers.document import Document
from rag.readers.fields import article_fields, described_by
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

_MAX_NAMES = 12
"""Names of an object that an error message lists."""


def parsed(text: str) -> object:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        stated: object = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise ValueError(f"it is not JSON ({reason})") from None
    return stated


def json_article(known: object, content: bytes, document: Document, reading: Reading) -> Article:
    """Return the article of a JSON object.

    The object has ``text`` and any of ``id``, ``title``, ``url``, ``source``, ``published_at``,
    ``language``, ``authors``, ``tags``, each under its own name or under the name in
    ``reading.fields``.

    Args:
        known: the object.
        content: bytes that identify the article if it has neither id nor URL.
        document: the document that the object is from.
        reading: how it is to be read.

    Raises:
        ValueError: it is not an object or has no text; the message lists the names that it has.
    """
    if not isinstance(known, dict):
        raise ValueError("it is not a JSON object")
    name = reading.fields.get("text", "text")
    text = known.get(name)
    if not isinstance(text, str):
        raise ValueError(_without_text(name, known))
    fields = article_fields(known, reading.fields)
    key = f"{document.key}#{hashlib.sha256(content).hexdigest()}"
    return make_article(text, key=key, **described_by(document, fields))


def _without_text(name: str, known: Mapping[str, Any]) -> str:
    strings = [each for each, value in known.items() if isinstance(value, str)][:_MAX_NAMES]
    has = f"; it has {', '.join(strings)}: choose one with --field text=NAME" if strings else ""
    return f"it has no string named {name}{has}"

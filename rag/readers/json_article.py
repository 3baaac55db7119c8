"""An article as a JSON object, or as a row of a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rag.readers.document import Document
from rag.readers.fields import article_fields, described_by
from rag.readers.reading import Reading
from rag.records.new_article import make_article
from tamngu.records.article import Article

_SHOWN_NAMES = 12
"""Names that an error tells of an object."""


def parsed(text: str) -> object:
    """Return what JSON says.

    Raises:
        ValueError: it is none.
    """
    try:
        stated: object = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise ValueError(f"no JSON ({reason})") from None
    return stated


def json_article(known: object, content: bytes, document: Document, reading: Reading) -> Article:
    """Return the article that an object holds.

    It has ``text`` and any of ``id``, ``title``, ``url``, ``source``, ``published_at``,
    ``language``, ``authors``, ``tags``, each under its own name or under the one that
    ``reading.fields`` gives.

    Args:
        known: the object.
        content: what it is told from others by where it has neither id nor URL.
        document: where it is from.
        reading: how it is to be read.

    Raises:
        ValueError: it holds none; the message says which names it has.
    """
    if not isinstance(known, dict):
        raise ValueError("no JSON object")
    name = reading.fields.get("text", "text")
    text = known.get(name)
    if not isinstance(text, str):
        raise ValueError(_without_text(name, known))
    fields = article_fields(known, reading.fields)
    key = f"{document.key}#{hashlib.sha256(content).hexdigest()}"
    return make_article(text, key=key, **described_by(document, fields))


def _without_text(name: str, known: Mapping[str, Any]) -> str:
    strings = [each for each, value in known.items() if isinstance(value, str)][:_SHOWN_NAMES]
    has = f"; it has {', '.join(strings)}: say which with --field text=NAME" if strings else ""
    return f"it has no string named {name}{has}"

"""JSON: one article, or a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rag.readers.decode import decode
from rag.readers.document import Document
from rag.readers.fields import order_of_dates
from rag.readers.formats.json_feed import feed_records, is_json_feed
from rag.readers.json_article import json_article, object_content, parsed
from rag.readers.reading_options import Reading
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def read_json(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the file's articles: an object, a list of objects, or an object with one such list.

    The object may be a JSON Feed. :func:`rag.readers.json_article.json_article` describes the
    objects of others.

    Raises:
        ValueError: it is not JSON, or it is empty.
    """
    value = parsed(decode(document.read(), document.charset))
    stated = feed_records(value) if is_json_feed(value) else _records(value, reading)
    if not stated:
        raise ValueError("it has no article")
    day_first = order_of_dates(stated, reading.fields)
    for number, known in enumerate(stated, start=1):
        try:
            content = partial(object_content, known)
            yield json_article(known, content, document, reading, day_first=day_first)
        except ValueError as error:
            yield Rejection(f"{document.name} item {number}", str(error))


def _records(stated: object, reading: Reading) -> list[object]:
    """Return the objects of a file; APIs put their list of objects into an object."""
    if isinstance(stated, list):
        return stated
    if isinstance(stated, dict) and reading.fields.get("text", "text") not in stated:
        lists = [value for value in stated.values() if isinstance(value, list)]
        of_objects = [value for value in lists if value and isinstance(value[0], dict)]
        if len(of_objects) == 1:
            return of_objects[0]
    return [stated]

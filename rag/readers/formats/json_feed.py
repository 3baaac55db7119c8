"""JSON Feed (https://jsonfeed.org/version/1.1): its items as the objects of articles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from rag.readers.pages.html_text import html_text

_VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def is_json_feed(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a JSON value is a feed."""
    return (
        isinstance(value, dict)
        and str(value.get("version")).startswith(_VERSIONS)
        and isinstance(value.get("items"), list)
    )


def feed_records(feed: Mapping[str, Any]) -> list[object]:
    """Return the items of a feed under the names that articles have; what is no object stays.

    Raises:
        ValueError: the HTML of an item is too large or too deeply nested.
    """
    return [_record(each, feed) if isinstance(each, dict) else each for each in feed["items"]]


def _record(item: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, Any]:
    html, plain = item.get("content_html"), item.get("content_text")
    text = html_text(html) if isinstance(html, str) else plain
    authors = item.get("authors") or feed.get("authors") or [item.get("author")]
    named = authors if isinstance(authors, list) else []
    record = {
        "id": item.get("id"),
        "title": item.get("title"),
        "url": item.get("url"),
        "text": text,
        "source": feed.get("title"),
        "published_at": item.get("date_published") or item.get("date_modified"),
        "language": item.get("language") or feed.get("language"),
        "authors": [each["name"] for each in named if isinstance(each, dict) and each.get("name")],
        "tags": item.get("tags"),
    }
    return {name: value for name, value in record.items() if value}

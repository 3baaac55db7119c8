"""What the head of a page states of its article: titles and descriptions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TITLES = frozenset({"og:title", "twitter:title"})
_DESCRIPTIONS = frozenset({"description", "og:description", "twitter:description"})
_JSON_DESCRIPTION = re.compile(
    r'"(?:description|abstract|alternativeHeadline)"\s{0,9}:\s{0,9}("(?:[^"\\]|\\.){1,5000}+")'
)
_MAX_STATED = 20
"""Titles, and descriptions, that are looked at."""

_MAX_LENGTH = 5000
"""Characters of each of them."""


def stated_titles(tree: HtmlElement) -> list[str]:
    """Return the titles that the head of a page states."""
    titles = [*_meta(tree, _TITLES), *(title.text or "" for title in tree.iter("title"))]
    return [title[:_MAX_LENGTH] for title in titles[:_MAX_STATED] if title.strip()]


def stated_descriptions(tree: HtmlElement) -> list[str]:
    """Return the descriptions of the article in the head of a page and in its JSON-LD."""
    found = [*_meta(tree, _DESCRIPTIONS), *_of_json(tree)]
    return [text[:_MAX_LENGTH] for text in found[:_MAX_STATED] if text.strip()]


def _meta(tree: HtmlElement, names: frozenset[str]) -> Iterator[str]:
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if name.lower() in names and (content := element.get("content")):
            yield content


def _of_json(tree: HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        for match in islice(_JSON_DESCRIPTION.finditer(script.text or ""), _MAX_STATED):
            try:
                yield json.loads(match[1], strict=False)
            except ValueError:
                continue

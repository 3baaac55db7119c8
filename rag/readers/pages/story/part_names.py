"""What part of a page an element is, by its tag and by the names that the page gives it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from rag.text.data_files import toml_data

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Part = Literal["lead", "caption", "picture", "furniture", "others", "aside", "table"]

_BY_TAG: dict[str, Part] = {
    "address": "furniture",
    "aside": "aside",
    "figcaption": "caption",
    "figure": "picture",
    "footer": "furniture",
    "form": "furniture",
    "menu": "furniture",
    "nav": "furniture",
    "table": "table",
    "time": "furniture",
}

_WEAK = (None, "lead", "picture")
"""Parts that another name for the same element overrules."""

_ATTRIBUTES = ("class", "id", "itemprop", "role", "data-role", "data-testid", "data-field")
_MAX_NAMES = 300
"""Characters of each of these attributes that are looked at."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\da-zA-Z_]+")


def named_part(element: HtmlElement) -> Part | None:
    """Return the part of a page that an element is; None if neither tag nor names say it.

    What is a lead and something else too is something else: ``lead-author`` names an author.
    """
    by_name: Part | None = None
    for attribute in _ATTRIBUTES:
        names = element.get(attribute)
        if names and (found := _by_names(names[:_MAX_NAMES])):
            by_name = found if by_name in _WEAK else by_name
    return by_name or _BY_TAG.get(element.tag)


@cache
def _known() -> dict[str, Part]:
    data = toml_data("rag.readers.pages.story", "part_names.toml")
    parts: tuple[Part, ...] = ("lead", "caption", "picture", "furniture", "others")
    return {name: part for part in parts for name in data[part]}


@lru_cache(4096)
def _by_names(names: str) -> Part | None:
    """Return the part that the value of an attribute names.

    >>> _by_names("detail-sapo"), _by_names("articleAuthor lead"), _by_names("headline")
    ('lead', 'furniture', None)
    """
    found: Part | None = None
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        if "no" in words:
            # Such as `noCaption`.
            continue
        pairs = [f"{one}-{other}" for one, other in pairwise(words)]
        for part in (_known().get(word) for word in words + pairs):
            if part is not None and found in _WEAK:
                found = part
    return found

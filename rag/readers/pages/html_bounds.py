"""Pages that no person wrote: what would take parsers minutes or gigabytes is told beforehand."""

from __future__ import annotations

import re

_MOST_CHARACTERS = 8 * 1024 * 1024
"""Of a page without the pictures in it. For each million trafilatura takes 2 s and 40 MB."""

_MOST_ATTRIBUTES = 3000
"""Of one tag; parsers compare each with all others, 200,000 take them minutes."""

_LONG_TAG = re.compile(r"<[a-z][^<>]{20000}[^<>]*", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ATTRIBUTE = re.compile(r"\s[a-z_:][-\w:.]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:[a-z]{1,20}/[-a-z0-9+.]{1,60};base64,[a-z0-9+/=]+", re.IGNORECASE)
_NESTING = re.compile(
    r"<(/?)(?:div|span|section|article|table|ul|ol|dl|blockquote|center|font|a|b|i|u|em|strong)\b",
    re.IGNORECASE,
)
"""Tags of elements that can stand in their like, and whose end is not left out."""


DEEPEST = 1000
"""Elements in one another that resiliparse is asked about: with 20,000 it takes 5 s, with 200,000
minutes. Pages written by people have less than a hundred; trafilatura cuts off at 255."""


def bounded(html: str) -> str:
    """Return a page without the pictures that are in it as text.

    Raises:
        ValueError: it is too large, or a tag of it has too many attributes.
    """
    if "base64," in html:
        html = _PICTURE.sub("", html)
    if len(html) > _MOST_CHARACTERS:
        raise ValueError(f"it is a page of more than {_MOST_CHARACTERS // 2**20} MB")
    for tag in _LONG_TAG.finditer(html):
        # What is quoted may be data for a script, of any length.
        if len(_ATTRIBUTE.findall(_QUOTED.sub("", tag[0]))) > _MOST_ATTRIBUTES:
            raise ValueError(f"it has a tag with more than {_MOST_ATTRIBUTES:,} attributes")
    return html


def depth(html: str) -> int:
    """Return how deeply elements of a page stand in one another, at most."""
    now = deepest = 0
    for tag in _NESTING.finditer(html):
        now += -1 if tag[1] else 1
        deepest = max(deepest, now)
    return deepest

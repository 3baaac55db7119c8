"""Bounds for pages: what would take parsers minutes or gigabytes is found before they start."""

from __future__ import annotations

import re

_MAX_CHARACTERS = 8 * 1024 * 1024
"""Characters of a page without its embedded pictures. For each million trafilatura takes 2 s and
40 MB."""

_MAX_ATTRIBUTES = 3000
"""Attributes of one tag. Parsers compare each with all others; 200,000 take minutes."""

_LONG_TAG = re.compile(r"<[a-z][^<>]{20000}[^<>]*", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ATTRIBUTE = re.compile(r"\s[a-z_:][-\w:.]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:[a-z]{1,20}/[-a-z0-9+.]{1,60};base64,[a-z0-9+/=]+", re.IGNORECASE)
_NESTING = re.compile(
    r"<(/?)(?:div|span|section|article|table|ul|ol|dl|blockquote|center|font|a|b|i|u|em|strong)\b",
    re.IGNORECASE,
)
"""Tags of elements that can be nested in elements of the same name, and that need an end tag."""

MAX_DEPTH = 1000
"""Depth of nested elements up to which resiliparse is used: for 20,000 it takes 5 s, for 200,000
minutes. Pages written by people have less than a hundred; trafilatura stops at 255."""


def bounded(html: str) -> str:
    """Return a page without the pictures that are embedded in it as text.

    Raises:
        ValueError: the page is too large, or one of its tags has too many attributes.
    """
    if "base64," in html:
        html = _PICTURE.sub("", html)
    if len(html) > _MAX_CHARACTERS:
        raise ValueError(f"it is a page of more than {_MAX_CHARACTERS // 2**20} MB")
    for tag in _LONG_TAG.finditer(html):
        # Quoted values may be data for a script, of any length.
        if len(_ATTRIBUTE.findall(_QUOTED.sub("", tag[0]))) > _MAX_ATTRIBUTES:
            raise ValueError(f"it has a tag with more than {_MAX_ATTRIBUTES:,} attributes")
    return html


def depth(html: str) -> int:
    """Return the depth of the most deeply nested element of a page."""
    now = most = 0
    for tag in _NESTING.finditer(html):
        now += -1 if tag[1] else 1
        most = max(most, now)
    return most

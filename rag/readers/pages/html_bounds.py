"""Bounds for pages: what would take parsers minutes or gigabytes is found before they start."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape

_MAX_CHARACTERS = 8 * 1024 * 1024
"""Characters of a page without its embedded pictures. For each million trafilatura takes 2 s and
40 MB."""

_MAX_ELEMENTS = 100_000
"""Elements and comments of a page. trafilatura takes 50 µs for each; a book of a thousand pages in
one file has 20,000."""

_MAX_ATTRIBUTES = 3000
"""Attributes of one tag. Parsers compare each with all others; 200,000 take minutes."""

_MAX_UNCHECKED = 10_000
"""Characters of a page's JSON-LD that may be broken. trafilatura repairs it with patterns whose
work grows with the square of its length: this much takes .1 s."""

_MAX_OPTIONS = 1000
"""Options of a page's forms that are parsed as such. resiliparse compares each with those before
it: 8,000 take .2 s, and 100,000 half a minute."""

_MAX_COMPARED = 10_000
"""Elements of a page that are compared with their neighbours. justext, which trafilatura asks when
it finds little, walks from each short paragraph to the next long one: 7,000 that are all short take
2 s, and 100,000 minutes."""

_FEW_COMPARED = 1000
_LEAST_CHARACTERS = 16
"""Characters of a page for each element; pages of articles have 50 and more. Where there are fewer,
nearly all paragraphs are short. Both were chosen manually, not tuned."""

_LONG_TAG = re.compile(r"<[a-z][^<>]{20000}[^<>]*", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ATTRIBUTE = re.compile(r"\s[a-z_:][-\w:.]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:[a-z]{1,20}/[-a-z0-9+.]{1,60};base64,[a-z0-9+/=]+", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?P<tag><script\b[^<>]*+>)(?P<text>(?:[^<]|<(?!/script))*+)(?:</script\s*+>|\Z)",
    re.IGNORECASE,
)
_OPTION = re.compile(r"<option\b", re.IGNORECASE)
_OF_SELECT = re.compile(r"<(/?)(?:select|optgroup|option)(?=[\s/>])", re.IGNORECASE)


def bounded(html: str) -> str:
    """Return a page without the pictures that are embedded in it as text.

    Long JSON-LD that is broken is left out too, and forms with very many options become text.

    Raises:
        ValueError: the page is too large, has too many elements, or one of its tags has too many
            attributes.
    """
    if "base64," in html:
        html = _PICTURE.sub("", html)
    if len(html) > _MAX_CHARACTERS:
        raise ValueError(f"it is a page of more than {_MAX_CHARACTERS // 2**20} MB")
    if _elements(html) > _MAX_ELEMENTS:
        raise ValueError(f"it is a page of more than {_MAX_ELEMENTS:,} elements")
    for tag in _LONG_TAG.finditer(html):
        # Quoted values may be data for a script, of any length.
        if len(_ATTRIBUTE.findall(_QUOTED.sub("", tag[0]))) > _MAX_ATTRIBUTES:
            raise ValueError(f"it has a tag with more than {_MAX_ATTRIBUTES:,} attributes")
    if len(html) > _MAX_UNCHECKED:
        html = _SCRIPT.sub(_kept_script(), html)
    if len(_OPTION.findall(html)) > _MAX_OPTIONS:
        html = _OF_SELECT.sub(r"<\1span", html)
    return html


def are_neighbours_compared(html: str) -> bool:
    """Tell whether the paragraphs of a page are few or long enough to be compared."""
    elements = _elements(html)
    if elements > _FEW_COMPARED and len(html) < _LEAST_CHARACTERS * elements:
        return False
    return elements <= _MAX_COMPARED


def _elements(html: str) -> int:
    return html.count("<") - html.count("</")


def _kept_script() -> Callable[[re.Match[str]], str]:
    """Return a function that keeps the scripts of one page, but not much of broken JSON-LD."""
    so_far = 0

    def kept(script: re.Match[str]) -> str:
        nonlocal so_far
        if "+json" not in unescape(script["tag"]).lower():
            return script[0]
        so_far += len(script["text"])
        return script[0] if so_far <= _MAX_UNCHECKED or _is_read_as_json(script["text"]) else ""

    return kept


def _is_read_as_json(text: str) -> bool:
    """Tell whether trafilatura reads JSON-LD as JSON, after the changes that it makes first."""
    from trafilatura.json_metadata import normalize_json
    from trafilatura.metadata import JSON_MINIFY

    try:
        json.loads(normalize_json(JSON_MINIFY.sub(r"\1", text)), strict=False)
    except (ValueError, RecursionError):
        return False
    return True

"""Names of elements and attributes of Word's XML, in its two forms: transitional and strict."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_OPEN = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_PREFIXES = {
    f"{_OPEN}wordprocessingml/2006/main": "",
    f"{_STRICT}wordprocessingml/main": "",
    f"{_OPEN}markup-compatibility/2006": "mc:",
    f"{_OPEN}officeDocument/2006/math": "m:",
    f"{_STRICT}officeDocument/math": "m:",
    f"{_OPEN}drawingml/2006/main": "a:",
    f"{_STRICT}drawingml/main": "a:",
    f"{_OPEN}drawingml/2006/diagram": "dgm:",
    f"{_STRICT}drawingml/diagram": "dgm:",
    f"{_OPEN}drawingml/2006/wordprocessingDrawing": "wp:",
    f"{_STRICT}drawingml/wordprocessingDrawing": "wp:",
    "urn:schemas-microsoft-com:vml": "v:",
    "http://schemas.microsoft.com/office/word/2015/wordml/symex": "symex:",
}
"""Namespaces and the prefixes that they have in this package; Word's own has none. Sources:
ECMA-376 (both parts), and the extensions that Microsoft has published."""

_OFF = frozenset({"0", "false", "off", "none"})
"""Values that switch a property off."""


def name(element: _Element) -> str:
    """Return the name of an element with its prefix; an empty one for other namespaces."""
    return _name(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _name(tag: str) -> str:
    namespace, _, local = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(namespace)
    return "" if prefix is None else f"{prefix}{local}"


def child(element: _Element | None, *names: str) -> _Element | None:
    """Return the element that names lead to, each a child of the one before."""
    for each in names:
        if element is None:
            return None
        element = next((inner for inner in element if name(inner) == each), None)
    return element


def attribute(element: _Element | None, local: str) -> str | None:
    """Return an attribute by its name, whatever its namespace."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == local:
            return str(value)
    return None


def value(element: _Element | None, *names: str) -> str | None:
    """Return the attribute ``val`` of the element that names lead to."""
    return attribute(child(element, *names), "val")


def number(text: str | None) -> int | None:
    """Return a whole number of at most 9 digits; None for anything else."""
    stated = (text or "").strip()
    digits = stated.removeprefix("-")
    known = 0 < len(digits) <= 9 and digits.isascii() and digits.isdigit()
    return int(stated) if known else None


def switch(element: _Element | None, each: str) -> bool | None:
    """Return whether a property is on; None where nothing is stated of it."""
    found = child(element, each)
    return None if found is None else (attribute(found, "val") or "on") not in _OFF

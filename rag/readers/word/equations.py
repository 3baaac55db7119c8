"""Equations of a Word document, written in one line as Word's own linear format does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.readers.word.names import name, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_FORMS = frozenset({"m:f", "m:rad", "m:nary", "m:sSup", "m:sSub", "m:sSubSup"})
"""Elements whose parts have places of their own."""


def linear(element: _Element) -> str:
    """Return an equation, or a part of one, in one line: ``x^2+1/2``."""
    kind = name(element)
    if kind == "m:t":
        return element.text or ""
    if kind.endswith("Pr") or kind in ("del", "moveFrom"):
        return ""
    parts = {name(each): linear(each) for each in element} if kind in _FORMS else {}
    if kind == "m:f":
        return f"{_grouped(parts.get('m:num', ''))}/{_grouped(parts.get('m:den', ''))}"
    if kind == "m:rad":
        return f"{_root(parts.get('m:deg', ''))}{_grouped(parts.get('m:e', ''))}"
    if kind == "m:nary":
        sign = value(element, "m:naryPr", "m:chr") or "∫"
        return f"{sign}{_scripts(parts)} {parts.get('m:e', '')}"
    if kind in _FORMS:
        return f"{parts.get('m:e', '')}{_scripts(parts)}"
    if kind == "m:d":
        begin = value(element, "m:dPr", "m:begChr")
        end = value(element, "m:dPr", "m:endChr")
        inside = ", ".join(filter(None, map(linear, element)))
        return f"{'(' if begin is None else begin}{inside}{')' if end is None else end}"
    return "".join(map(linear, element))


def _scripts(parts: dict[str, str]) -> str:
    return "".join(
        f"{sign}{_grouped(parts[kind])}"
        for kind, sign in (("m:sub", "_"), ("m:sup", "^"))
        if parts.get(kind)
    )


def _root(degree: str) -> str:
    return {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree, f"{degree}√")


def _grouped(text: str) -> str:
    return text if text.isalnum() or len(text) == 1 else f"({text})"

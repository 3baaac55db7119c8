"""What generators of documents are, and those that repeat a text."""

from __future__ import annotations

from collections.abc import Callable

Generator = Callable[[int], bytes]
"""From a size to a document of about so many bytes."""


def repeating(unit: str, end: str = "", begin: str = "") -> Generator:
    """Return what repeats a text between a beginning and an end."""
    return lambda n: (begin + unit * (n // len(unit.encode())) + end).encode()

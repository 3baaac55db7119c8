"""A part of a text, by its offsets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """Character offsets, end exclusive: ``text[start:end]``.

    >>> Span(4, 7).of("one two three")
    'two'
    """

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of ``text`` that the span marks."""
        return text[self.start : self.end]

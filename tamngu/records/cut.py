"""What was cut from a page's text, for it was none of the story."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """A line that was cut, and why in a word or two."""

    line: str
    reason: str

"""A line that was removed from the text of a page, because it is not part of the article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """A removed line, and the reason in one or two words."""

    line: str
    reason: str

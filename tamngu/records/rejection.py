"""Documents, and parts of documents, that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

MAX_REJECTIONS = 1000
"""Rejections that are kept, of a document, of an ingest and of a job; further ones are counted."""


@dataclass(frozen=True)
class Rejection:
    """A document, or a part of one, that has no article.

    Attributes:
        where: the document; for a line, an entry or an item, with its number.
        reason: a short reason.
        count: of how many documents or parts; more than 1 where further ones are only counted.
    """

    where: str
    reason: str
    count: int = 1

    def __str__(self) -> str:
        """Return one line for people: the place and the reason."""
        return f"{self.where}: {self.reason}"

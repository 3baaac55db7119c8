"""Documents, and parts of documents, that could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejection:
    """A document, or a part of one, that has no article.

    Attributes:
        where: the document; for a line, an entry or an item, with its number.
        reason: a short reason.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        """Return one line for people: the place and the reason."""
        return f"{self.where}: {self.reason}"

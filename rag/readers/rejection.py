"""What could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejection:
    """A file, or a line of one, that gave no article.

    Attributes:
        where: the file, with the line's number where it is a line.
        reason: why, in a few words.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        """Return one line for a person."""
        return f"{self.where}: {self.reason}"

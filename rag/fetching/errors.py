"""The error for a URL that could not be fetched."""

from __future__ import annotations


class FetchError(Exception):
    """A URL cannot be fetched; the message is a short reason, such as "it answered 404".

    Attributes:
        temporary: whether the URL may be fetched successfully later.
    """

    def __init__(self, reason: str, *, temporary: bool = False) -> None:
        """Create an error with a reason, which has no full stop at its end."""
        super().__init__(reason)
        self.temporary = temporary

"""Why a URL could not be fetched."""

from __future__ import annotations


class FetchError(Exception):
    """A URL cannot be fetched; the message is a short reason, such as "it answered 404".

    Attributes:
        passing: whether the reason may pass, so that trying again later makes sense.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        """Tell the reason, without a full stop, and whether it may pass."""
        super().__init__(reason)
        self.passing = passing

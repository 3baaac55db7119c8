"""What narrows a search: conditions on the articles to which passages belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

UNDATED = -(2**31)
"""The day of an article without a date. It lies in no range of dates."""


@dataclass(frozen=True)
class Filter:
    """Conditions, all of which an article has to meet; None means no condition.

    Attributes:
        languages: the article's language is one of these codes.
        sources: its source is one of these.
        tags: it has at least one of these.
        published_from: it was published on this day or later, in its own time zone.
        published_to: it was published on this day or earlier.
        article_ids: its id is one of these.
    """

    languages: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    tags: Sequence[str] | None = None
    published_from: date | None = None
    published_to: date | None = None
    article_ids: Sequence[str] | None = None

    @property
    def reads_columns(self) -> bool:
        """Whether a condition on source, tags or dates is set; see :mod:`rag.index.labels`."""
        conditions = (self.sources, self.tags, self.published_from, self.published_to)
        return any(condition is not None for condition in conditions)

    def takes(self, *, language: str, source: str | None, tags: Sequence[str], day: int) -> bool:
        """Return whether an article meets all conditions but the one on its id.

        Args:
            language: the article's.
            source: the article's.
            tags: the article's.
            day: see :func:`day_of`.
        """
        if self.languages is not None and language not in self.languages:
            return False
        if self.sources is not None and source not in self.sources:
            return False
        if self.tags is not None and not set(self.tags) & set(tags):
            return False
        if self.published_from is not None and day < self.published_from.toordinal():
            return False
        return self.published_to is None or UNDATED != day <= self.published_to.toordinal()


NO_FILTER = Filter()


def day_of(published_at: str | None) -> int:
    """Return the ordinal of the day of an ISO date or date and time, or :data:`UNDATED`."""
    if published_at is None:
        return UNDATED
    return datetime.fromisoformat(published_at).toordinal()

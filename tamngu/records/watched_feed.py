"""Feeds that are asked for new articles on a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WatchedFeed:
    """A feed or a sitemap whose new pages are imported.

    Attributes:
        id: its name in the API.
        url: of the feed.
        collection: to import into.
        every_minutes: minutes between two polls.
        most: pages that are fetched at each poll.
        created_at: UTC.
        polled_at: when it was last polled, UTC.
        next_at: when it will be polled next, UTC.
        job_id: of the last import.
        outcome: what became of the last import, in a sentence; None before the first one.
    """

    id: str
    url: str
    collection: str
    every_minutes: int
    most: int
    created_at: datetime
    polled_at: datetime | None
    next_at: datetime
    job_id: str | None
    outcome: str | None = None

"""The list of watched feeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from api.jobs.store import new_id
from api.state import State, tables_of
from tamngu.records.job import ImportResult, Job
from tamngu.records.watched_feed import WatchedFeed

_SCHEMA = """
CREATE TABLE feeds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    collection TEXT NOT NULL,
    every_minutes INTEGER NOT NULL,
    most INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    polled_at TEXT,
    next_at TEXT NOT NULL,
    job_id TEXT,
    UNIQUE (url, collection)
)
"""

_FEED = (
    "SELECT id, url, collection, every_minutes, most, created_at, polled_at, next_at, job_id"
    " FROM feeds"
)

MAX_FEEDS = 1000
"""Feeds that can be watched in a home. Chosen manually, not tuned."""

LEAST_MINUTES, MOST_MINUTES = 15, 7 * 24 * 60
"""Minutes between two polls. More often would be a burden to the feed's host. Chosen manually, not
tuned."""

MOST_PAGES = 1000
"""Pages that can be fetched at each poll."""


class FeedStore:
    """The watched feeds of a service, for any number of threads and processes.

    The first feed creates the file ``feeds.db``, which only its user can read, or the tables on a
    cluster. Every method raises StorageError or ClusterUnavailable if they cannot be used.
    """

    def __init__(self, state: State) -> None:
        """Keep feeds there; nothing is opened yet."""
        self._tables = tables_of(state, "feeds", _SCHEMA, 1, "The list of watched feeds")

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self._tables.exists

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tables.close()

    def add(self, url: str, collection: str, every_minutes: int, most: int) -> WatchedFeed | None:
        """Watch a feed; one that is watched already gets the new numbers, and is polled soon.

        Returns:
            The feed; None if :data:`MAX_FEEDS` are watched already.
        """
        now = _text(_now())
        with self._tables.transaction() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM feeds WHERE NOT (url = ? AND collection = ?)",
                (url, collection),
            ).fetchone()
            if count >= MAX_FEEDS:
                return None
            connection.execute(
                "INSERT INTO feeds (id, url, collection, every_minutes, most, created_at, next_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url, collection) DO UPDATE SET"
                " every_minutes = excluded.every_minutes, most = excluded.most,"
                " next_at = excluded.next_at",
                (new_id(), url, collection, every_minutes, most, now, now),
            )
        rows = self._tables.rows(f"{_FEED} WHERE url = ? AND collection = ?", url, collection)
        return _feed(rows[0])

    def get(self, feed_id: str) -> WatchedFeed | None:
        """Return a feed; None if none has this id."""
        rows = self._tables.rows(f"{_FEED} WHERE id = ?", feed_id)
        return _feed(rows[0]) if rows else None

    def all(self) -> list[WatchedFeed]:
        """Return all feeds in the order in which they were added."""
        return [_feed(row) for row in self._tables.rows(f"{_FEED} ORDER BY number")]

    def remove(self, feed_id: str) -> bool:
        """Watch a feed no more; return whether it was watched."""
        with self._tables.transaction() as connection:
            found = connection.execute("DELETE FROM feeds WHERE id = ?", (feed_id,))
            return bool(found.rowcount)

    def due(self) -> list[WatchedFeed]:
        """Return the feeds whose time has come, the longest waiting first."""
        rows = self._tables.rows(f"{_FEED} WHERE next_at <= ? ORDER BY next_at", _text(_now()))
        return [_feed(row) for row in rows]

    def set_due(self, feed_id: str) -> None:
        """Let the time of a feed have come."""
        with self._tables.transaction() as connection:
            connection.execute(
                "UPDATE feeds SET next_at = ? WHERE id = ?", (_text(_now()), feed_id)
            )

    def claim(self, feed: WatchedFeed) -> bool:
        """Set the time of the next poll; False if another process has just done so."""
        following = _now() + timedelta(minutes=feed.every_minutes)
        with self._tables.transaction() as connection:
            found = connection.execute(
                "UPDATE feeds SET next_at = ? WHERE id = ? AND next_at = ?",
                (_text(following), feed.id, _text(feed.next_at)),
            )
            return bool(found.rowcount)

    def polled(self, feed_id: str, job_id: str | None) -> None:
        """Note that a feed was polled, and by which job."""
        with self._tables.transaction() as connection:
            connection.execute(
                "UPDATE feeds SET polled_at = ?, job_id = ? WHERE id = ?",
                (_text(_now()), job_id, feed_id),
            )


def with_outcome(feed: WatchedFeed, job_of: Callable[[str], Job | None]) -> WatchedFeed:
    """Return a feed with what became of its last import."""
    job = job_of(feed.job_id) if feed.job_id is not None else None
    return feed if job is None else replace(feed, outcome=_outcome(job))


def _outcome(job: Job) -> str:
    if job.state == "failed":
        return job.error or "The import failed."
    if isinstance(job.result, ImportResult):
        found = job.result
        return (
            f"{found.added} added, {found.updated} changed, {found.unchanged} unchanged, "
            f"{found.rejected} skipped."
        )
    return "The import was cancelled." if job.state == "cancelled" else "The import goes on."


def _feed(row: tuple[Any, ...]) -> WatchedFeed:
    feed_id, url, collection, every_minutes, most, created_at, polled_at, next_at, job_id = row
    return WatchedFeed(
        feed_id,
        url,
        collection,
        every_minutes,
        most,
        created_at=datetime.fromisoformat(created_at),
        polled_at=datetime.fromisoformat(polled_at) if polled_at else None,
        next_at=datetime.fromisoformat(next_at),
        job_id=job_id,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _text(moment: datetime) -> str:
    return moment.isoformat()

"""Watched feeds: their new pages are imported on a schedule."""

from __future__ import annotations

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.routes.imports import PagesRequest, target_name
from api.service import Service, ServiceOf
from api.watching.feeds import LEAST_MINUTES, MAX_FEEDS, MOST_MINUTES, MOST_PAGES, with_outcome
from tamngu.records.watched_feed import WatchedFeed

router = new_router(
    prefix="/v1/feeds", tags=["imports"], responses=PROBLEMS, route_class=IdempotentRoute
)


class FeedToWatch(BaseModel):
    """A feed or a sitemap whose new pages are imported.

    Attributes:
        url: of the feed.
        every_minutes: minutes between two polls.
        most: pages to fetch at each poll; the next poll continues with the others.
        collection: to import into; default: the one that the service was started with.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://example.com/feed.xml"}]},
    )

    url: str = Field(max_length=2000)
    every_minutes: int = Field(default=60, ge=LEAST_MINUTES, le=MOST_MINUTES)
    most: int = Field(default=50, ge=1, le=MOST_PAGES)
    collection: str | None = None


class WatchedFeeds(BaseModel):
    """All watched feeds that the key reaches, in the order in which they were added."""

    feeds: list[WatchedFeed]


@router.post("", status_code=201, dependencies=WRITE)
async def watch_feed(body: FeedToWatch, service: ServiceOf) -> WatchedFeed:
    """Watch a feed; it is polled at once, and then on its schedule.

    A feed that is watched already gets the new schedule. The rules of imports hold: robots.txt,
    limits of size and time, public addresses only.
    """
    name = target_name(service, body.collection)
    asked = await service.pool.run(PagesRequest(feeds=[body.url]).asked)

    def watch() -> WatchedFeed:
        feed = service.feeds.add(asked.feeds[0], name, body.every_minutes, body.most)
        if feed is None:
            raise HTTPException(409, f"{MAX_FEEDS:,} feeds are watched; remove one first")
        return feed

    feed = await service.lookups.run(watch)
    service.watcher.wake()
    return feed


@router.get("", dependencies=READ)
async def list_feeds(service: ServiceOf) -> WatchedFeeds:
    """List the watched feeds with what became of their last imports."""

    def listed() -> WatchedFeeds:
        reached = [each for each in service.feeds.all() if service.key.reaches(each.collection)]
        job_of = service.jobs.store.get
        return WatchedFeeds(feeds=[with_outcome(each, job_of) for each in reached])

    return await service.lookups.run(listed)


@router.delete("/{feed_id}", status_code=204, dependencies=WRITE)
async def remove_feed(feed_id: str, service: ServiceOf) -> None:
    """Watch a feed no more; its articles stay."""

    def remove() -> None:
        service.feeds.remove(_feed(service, feed_id).id)

    await service.lookups.run(remove)


@router.post("/{feed_id}/poll", status_code=202, dependencies=WRITE)
async def poll_feed(feed_id: str, service: ServiceOf) -> WatchedFeed:
    """Poll a feed now, unless its last import still goes on."""

    def poll() -> WatchedFeed:
        service.feeds.set_due(_feed(service, feed_id).id)
        return _feed(service, feed_id)

    feed = await service.lookups.run(poll)
    service.watcher.wake()
    return feed


def _feed(service: Service, feed_id: str) -> WatchedFeed:
    """Return a watched feed.

    Raises:
        HTTPException: 404, no feed that the key reaches has this id.
    """
    feed = service.feeds.get(feed_id)
    if feed is None or not service.key.reaches(feed.collection):
        raise HTTPException(404, f"There is no watched feed {feed_id[:64]!r}")
    return with_outcome(feed, service.jobs.store.get)

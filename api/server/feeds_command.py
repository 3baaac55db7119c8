"""``tamngu feeds``, which an entry point adds to the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Group, option
from tamngu.cli.ingesting.web import Web
from tamngu.cli.loading import load
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import (
    collection_options,
    json_option,
    model_option,
    place_options,
)
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from api.watching.feeds import FeedStore
    from rag.collection.paths import Home
    from tamngu.records.watched_feed import WatchedFeed

FETCH = "Fetch web pages"


@click.group(
    cls=Group,
    examples=("tamngu feeds add https://example.com/feed.xml", "tamngu feeds list"),
)
def feeds() -> None:
    """Watch feeds: their new pages are imported on a schedule.

    "tamngu serve" polls them. Where it does not run, "tamngu feeds poll" does, for example from
    cron.
    """


@feeds.command("add", examples=("tamngu feeds add https://example.com/feed.xml --every 30",))
@click.argument("url")
@option(
    "--every",
    type=click.IntRange(15, 7 * 24 * 60),
    metavar="MINUTES",
    heading=FETCH,
    default=60,
    show_default=True,
    help="Minutes between two polls.",
)
@option(
    "--max-pages",
    type=click.IntRange(1, 1000),
    metavar="N",
    heading=FETCH,
    default=50,
    show_default=True,
    help="Pages to fetch at each poll; the next one continues with the others.",
)
@collection_options
@json_option
def add_command(
    url: str, every: int, max_pages: int, home: Home | None, collection: str, as_json: bool
) -> None:
    """Watch the feed or the sitemap at URL.

    One that is watched already gets the new schedule.
    """
    from rag.collection.paths import checked_name
    from rag.fetching import FetchError
    from rag.fetching.urls import checked_url

    try:
        checked_url(url)
    except FetchError as error:
        raise click.BadParameter(f"{url[:200]!r} cannot be fetched: {error}.") from None
    checked_name(collection)
    with _stored(home) as (_, store):
        feed = store.add(url, collection, every, max_pages)
    if feed is None:
        raise click.ClickException("Too many feeds are watched; remove one first.")
    if as_json:
        print_json(_json(feed))
    else:
        echo(f"Watching {feed.url} every {feed.every_minutes} minutes. Its id is {feed.id}.")


@feeds.command("list", examples=("tamngu feeds list --json",))
@json_option
@place_options
def list_command(as_json: bool, home: Home | None) -> None:
    """List the watched feeds."""
    with _stored(home) as (_, store):
        found = store.all()
    if as_json:
        print_json([_json(feed) for feed in found])
        return
    for feed in found:
        polled = f"polled {_time(feed.polled_at)}" if feed.polled_at else "not polled yet"
        echo(f"{feed.id}  {feed.collection}  every {feed.every_minutes} min  {polled}  {feed.url}")
    if not found:
        echo("No feed is watched. Watch one with: tamngu feeds add URL")


@feeds.command("remove", examples=("tamngu feeds remove ID",))
@click.argument("id")
@place_options
def remove_command(id: str, home: Home | None) -> None:
    """Watch a feed no more; its articles stay."""
    with _stored(home) as (_, store):
        if not store.remove(id):
            raise click.ClickException(f"There is no watched feed {id!r}; see: tamngu feeds list")
    echo(f"The feed {id} is not watched any more.")


@feeds.command("poll", examples=("tamngu feeds poll", "tamngu feeds poll --all"))
@option("--all", "every", is_flag=True, heading=FETCH, help="Poll also those that are not due.")
@option(
    "--allow-private",
    is_flag=True,
    heading=FETCH,
    help="Also fetch from addresses that are not public, such as those of this machine.",
)
@model_option
@place_options
@click.pass_context
def poll_command(
    context: click.Context, every: bool, allow_private: bool, model: str, home: Home | None
) -> None:
    """Import the new pages of the feeds whose time has come.

    A feed that cannot be fetched is named on standard error; the exit code is then 1.
    """
    from rag.collection.collection import Collection
    from rag.isolation.limits import Limits
    from rag.readers import DEFAULT_READING

    failed = False
    with _stored(home) as (folder, store):
        due = store.all() if every else store.due()
        for feed in due:
            # Loaded once, at the first feed.
            encoder = load(model)
            # One after the other: those that an interrupted poll did not reach are due still.
            if not store.claim(feed):
                continue
            with closing(Collection.open_or_create(folder, feed.collection, encoder)) as opened:
                web = Web((), (feed.url,), feed.most, 1.0, allow_private)
                report = web.ingest(opened, DEFAULT_READING, Limits.from_environment())
            store.polled(feed.id, None)
            echo(
                f"{feed.url}: {report.added} added, {report.updated} changed, "
                f"{report.unchanged} unchanged, {report.rejected_count} skipped."
            )
            for rejection in report.rejected:
                failed = True
                echo(f"Skipped {rejection}.", err=True)
    if not due:
        echo("No feed is due.")
    context.exit(1 if failed else 0)


@contextmanager
def _stored(home: Home | None) -> Iterator[tuple[Home, FeedStore]]:
    """Yield where the collections are, and the feeds."""
    from api.state import home_of, opened_state
    from api.watching.feeds import FeedStore

    with opened_state(home) as state, closing(FeedStore(state)) as store:
        yield home or home_of(state), store


def _json(feed: WatchedFeed) -> dict[str, object]:
    known = dataclasses.asdict(feed)
    for name in ("created_at", "polled_at", "next_at"):
        known[name] = known[name] and known[name].isoformat()
    return known


def _time(moment: object) -> str:
    return str(moment)[:16]

"""Options that narrow a search to some of a collection's articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_DAY = click.DateTime(["%Y-%m-%d"])


def filter_options(command: Command) -> Command:
    """Add the options; the command gets a :class:`tamngu.records.filter.Filter` as ``chosen``."""

    @wraps(command)
    def filtered(
        *arguments: object,
        sources: tuple[str, ...],
        tags: tuple[str, ...],
        published_from: datetime | None,
        published_to: datetime | None,
        article_ids: tuple[str, ...],
        **others: object,
    ) -> object:
        from tamngu.records.filter import Filter

        if published_from and published_to and published_from > published_to:
            raise click.UsageError("No day is both from --from on and up to --to.")
        chosen = Filter(
            sources=sources or None,
            tags=tags or None,
            published_from=published_from.date() if published_from else None,
            published_to=published_to.date() if published_to else None,
            article_ids=article_ids or None,
        )
        return command(*arguments, chosen=chosen, **others)

    for option in (
        click.option("--article", "article_ids", multiple=True, help="Only this article, by id."),
        click.option("--to", "published_to", type=_DAY, help="Published on this day or before."),
        click.option("--from", "published_from", type=_DAY, help="Published on this day or later."),
        click.option("--tag", "tags", multiple=True, help="Only articles with this tag."),
        click.option("--source", "sources", multiple=True, help="Only articles of this source."),
    ):
        filtered = option(filtered)
    return filtered  # type: ignore[return-value]

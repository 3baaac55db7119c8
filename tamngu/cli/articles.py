"""``tamngu articles``: list, show, edit, delete and restore the articles of a collection."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import OTHER, Group, option
from tamngu.cli.loading import open_catalog, open_collection
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import OUTPUT, collection_options, json_option, model_option
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from rag.catalog.articles import Articles
    from rag.collection.paths import Home

FIELDS = "Fields"

_LISTED = 1000
"""Deleted articles that are listed."""


@click.group(cls=Group, examples=("tamngu articles list", "tamngu articles show ID"))
def articles() -> None:
    """List, show, edit, delete and restore articles.

    The id of an article is the first word of its line in "tamngu articles list".
    """


@articles.command("list", examples=("tamngu articles list --collection news",))
@collection_options
@json_option
def list_command(home: Home | None, collection: str, as_json: bool) -> None:
    """List the articles of a collection.

    Each line has an article's id, language, day of publication and title.
    """
    with closing(open_catalog(home, collection)) as catalog:
        found = catalog.articles.listing()
    if as_json:
        print_json(found)
        return
    for row in found:
        echo(f"{row['id']}  {row['language']}  {(row['published_at'] or '-')[:10]}  {row['title']}")


@articles.command(
    "show", examples=("tamngu articles show ID", "tamngu articles show ID --cut --collection news")
)
@click.argument("id")
@collection_options
@json_option
@option(
    "--cut",
    is_flag=True,
    heading=OUTPUT,
    help="Show the lines that were cut from the page, instead of the text.",
)
def show_command(id: str, home: Home | None, collection: str, cut: bool, as_json: bool) -> None:
    """Show the title and the text of an article.

    The offsets of citations count characters of "text" in the output of --json.
    """
    with closing(open_catalog(home, collection)) as catalog:
        article = catalog.articles.get(id)
        if article is None:
            raise _no_article(catalog.articles, id)
    if as_json:
        print_json(article)
    elif cut:
        for each in article.cut:
            echo(f"{each.reason}: {each.line}")
    else:
        echo(f"{article.title}\n\n{article.text}")


@articles.command(
    "edit",
    examples=(
        'tamngu articles edit ID --source "Nhân Dân" --tag ASEAN',
        'tamngu articles edit ID --date ""',
    ),
)
@click.argument("id")
@option("--title", metavar="TEXT", heading=FIELDS, help="The headline.")
@option("--source", metavar="NAME", heading=FIELDS, help="Who published it.")
@option("--url", metavar="URL", heading=FIELDS, help="Where it was published.")
@option("--date", "published_at", metavar="DATE", heading=FIELDS, help="Day, or day and time.")
@option("--language", metavar="TAG", heading=FIELDS, help="Language tag; passages are cut anew.")
@option("--author", "authors", multiple=True, metavar="NAME", heading=FIELDS, help="Repeatable.")
@option("--tag", "tags", multiple=True, metavar="NAME", heading=FIELDS, help="Repeatable.")
@collection_options
@model_option
def edit_command(
    id: str, home: Home | None, collection: str, model: str, **fields: str | tuple[str, ...] | None
) -> None:
    """Change what is known about an article; its text stays.

    What is not named stays as it is; an empty value removes it. All authors, or tags, are replaced.
    An ingest replaces the changes if the article's file has changed.
    """
    from rag.ingestion.editing import edit

    changes = {name: _value(value) for name, value in fields.items() if value not in (None, ())}
    if not changes:
        raise click.UsageError("Name what to change, such as --source or --tag.")
    opened = open_collection(home, collection, model)
    try:
        stored = opened.catalog.articles.stored_id(id)
        if stored is None or edit(opened, stored, changes) is None:
            raise _no_article(opened.catalog.articles, id)
    except ValueError as error:
        raise click.UsageError(f"The article cannot be changed: {error}.") from None
    finally:
        opened.close()
    echo(f"Changed {id}.")


@articles.command("delete", examples=("tamngu articles delete ID --collection news",))
@click.argument("id")
@collection_options
@option("--forever", is_flag=True, heading=OTHER, help="Keep nothing of it in the trash.")
def delete_command(id: str, home: Home | None, collection: str, forever: bool) -> None:
    """Delete an article and its passages.

    Searches do not find it any more, also in running services. "tamngu articles restore" brings it
    back, for 30 days.
    """
    from rag.collection.lock import writing_to

    with closing(open_catalog(home, collection)) as catalog, writing_to(catalog):
        if not catalog.delete(id, restorable=not forever):
            raise _no_article(catalog.articles, id)
    echo(f"Deleted {id}.")


@articles.command("trash", examples=("tamngu articles trash --collection news",))
@collection_options
@json_option
@option("--empty", is_flag=True, heading=OTHER, help="Remove all of it for good.")
def trash_command(home: Home | None, collection: str, as_json: bool, empty: bool) -> None:
    """List the deleted articles that can be restored, the last one first."""
    from rag.collection.lock import writing_to

    with closing(open_catalog(home, collection)) as catalog:
        if empty:
            with writing_to(catalog):
                count = catalog.empty_trash()
            echo(f"Removed {count} articles for good.")
            return
        found = catalog.trash.listing(_LISTED)
    if as_json:
        print_json(found)
        return
    for row in found:
        echo(f"{row['id']}  {row['language']}  {(row['deleted_at'] or '')[:16]}  {row['title']}")


@articles.command("restore", examples=("tamngu articles restore ID --collection news",))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@collection_options
@model_option
@click.pass_context
def restore_command(
    context: click.Context, ids: tuple[str, ...], home: Home | None, collection: str, model: str
) -> None:
    """Restore deleted articles as they were.

    The exit code is 1 if one of them cannot be restored.
    """
    from rag.ingestion.restoring import restore

    opened = open_collection(home, collection, model)
    report = restore(opened, ids)
    opened.close()
    for article_id in report.restored:
        echo(f"Restored {article_id}.")
    for each in report.missing:
        echo(f"{each.id}: {each.reason}", err=True)
    context.exit(1 if report.missing else 0)


def _value(given: str | tuple[str, ...] | None) -> str | list[str] | None:
    """Return a value as an edit takes it: an empty one removes what was there."""
    if isinstance(given, tuple):
        return [each for each in given if each]
    return given or None


def _no_article(articles: Articles, id: str) -> click.ClickException:
    from rag.retrieval.conditions import no_article

    return click.ClickException(no_article(articles, id))

"""``tamngu articles``: what a collection holds, article by article."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import collection_options, json_option
from rag.cli.output import print_json

if TYPE_CHECKING:
    from rag.catalog import Catalog


@click.group()
def articles() -> None:
    """List, show and delete articles."""


@articles.command("list")
@collection_options
@json_option
def list_command(home: Path | None, collection: str, as_json: bool) -> None:
    """List the articles of a collection."""
    catalog = _catalog(home, collection)
    found = [
        {
            "id": article.id,
            "title": article.title,
            "language": article.language,
            "published_at": article.published_at,
            "source": article.source,
            "url": article.url,
        }
        for article_id in catalog.article_ids()
        for article in catalog.articles([article_id])
    ]
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['id']}  {row['language']}  {row['published_at'] or '-'}  {row['title']}")


@articles.command("show")
@click.argument("id")
@collection_options
@json_option
def show_command(id: str, home: Path | None, collection: str, as_json: bool) -> None:
    """Show the article ID; with --json, its text is what citations' offsets count in."""
    article = _catalog(home, collection).article(id)
    if article is None:
        raise click.ClickException(f"The collection {collection!r} has no article {id!r}.")
    if as_json:
        print_json(article)
    else:
        click.echo(f"{article.title}\n\n{article.text}")


@articles.command("delete")
@click.argument("id")
@collection_options
def delete_command(id: str, home: Path | None, collection: str) -> None:
    """Delete the article ID with its passages."""
    if not _catalog(home, collection).delete(id):
        raise click.ClickException(f"The collection {collection!r} has no article {id!r}.")
    click.echo(f"Deleted {id}.")


def _catalog(home: Path | None, collection: str) -> Catalog:
    from rag.catalog import Catalog
    from rag.home import default_home, existing_directory

    return Catalog(existing_directory(home or default_home(), collection) / "catalog.db")

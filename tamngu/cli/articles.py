"""``tamngu articles``: what a collection holds, article by article."""

from __future__ import annotations

from pathlib import Path

import click

from tamngu.cli.options import collection_options, json_option, open_catalog
from tamngu.cli.output import print_json


@click.group()
def articles() -> None:
    """List, show and delete articles."""


@articles.command("list")
@collection_options
@json_option
def list_command(home: Path | None, collection: str, as_json: bool) -> None:
    """List the articles of a collection."""
    found = open_catalog(home, collection).listing()
    if as_json:
        print_json(found)
        return
    for row in found:
        click.echo(f"{row['id']}  {row['language']}  {row['published_at'] or '-'}  {row['title']}")


@articles.command("show")
@click.argument("id")
@collection_options
@json_option
@click.option("--cut", is_flag=True, help="Show what its page had around the text, instead of it.")
def show_command(id: str, home: Path | None, collection: str, cut: bool, as_json: bool) -> None:
    """Show the article ID; with --json, its text is what citations' offsets count in."""
    article = open_catalog(home, collection).article(id)
    if article is None:
        raise click.ClickException(f"The collection {collection!r} has no article {id!r}.")
    if as_json:
        print_json(article)
    elif cut:
        for each in article.cut:
            click.echo(f"{each.reason}: {each.line}")
    else:
        click.echo(f"{article.title}\n\n{article.text}")


@articles.command("delete")
@click.argument("id")
@collection_options
def delete_command(id: str, home: Path | None, collection: str) -> None:
    """Delete the article ID with its passages."""
    from rag.collection.lock import writing

    catalog = open_catalog(home, collection)
    with writing(catalog.path.parent):
        if not catalog.delete(id):
            raise click.ClickException(f"The collection {collection!r} has no article {id!r}.")
    click.echo(f"Deleted {id}.")

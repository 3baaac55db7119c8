"""``tamngu articles``: list, show and delete the articles of a collection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Group, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import OUTPUT, collection_options, json_option, open_catalog
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from rag.catalog.articles import Articles


@click.group(cls=Group, examples=("tamngu articles list", "tamngu articles show ID"))
def articles() -> None:
    """List, show and delete articles.

    The id of an article is the first word of its line in "tamngu articles list".
    """


@articles.command("list", examples=("tamngu articles list --collection news",))
@collection_options
@json_option
def list_command(home: Path | None, collection: str, as_json: bool) -> None:
    """List the articles of a collection.

    Each line has an article's id, language, day of publication and title.
    """
    found = open_catalog(home, collection).articles.listing()
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
def show_command(id: str, home: Path | None, collection: str, cut: bool, as_json: bool) -> None:
    """Show the title and the text of an article.

    The offsets of citations count characters of "text" in the output of --json.
    """
    articles = open_catalog(home, collection).articles
    article = articles.get(id)
    if article is None:
        raise _no_article(articles, id)
    if as_json:
        print_json(article)
    elif cut:
        for each in article.cut:
            echo(f"{each.reason}: {each.line}")
    else:
        echo(f"{article.title}\n\n{article.text}")


@articles.command("delete", examples=("tamngu articles delete ID --collection news",))
@click.argument("id")
@collection_options
def delete_command(id: str, home: Path | None, collection: str) -> None:
    """Delete an article and its passages.

    Searches do not find it any more, also in running services.
    """
    from rag.collection.lock import writing

    catalog = open_catalog(home, collection)
    with writing(catalog.path.parent):
        if not catalog.delete(id):
            raise _no_article(catalog.articles, id)
    echo(f"Deleted {id}.")


def _no_article(articles: Articles, id: str) -> click.ClickException:
    from rag.retrieval.conditions import no_article

    return click.ClickException(no_article(articles, id))

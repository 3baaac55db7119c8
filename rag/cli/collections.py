"""``tamngu collections``."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import collection_options, home_option, json_option, open_catalog
from rag.cli.output import print_json


@click.group()
def collections() -> None:
    """List collections and what is in them."""


@collections.command("list")
@home_option
@json_option
def list_command(home: Path | None, as_json: bool) -> None:
    """List the collections under the home."""
    from rag.home import collection_names, default_home

    names = collection_names(home or default_home())
    if as_json:
        print_json(names)
    else:
        click.echo("\n".join(names) or "No collection yet. Make one with: tamngu ingest PATH")


@collections.command("stats")
@collection_options
@json_option
def stats_command(home: Path | None, collection: str, as_json: bool) -> None:
    """Count a collection's articles and passages by language."""
    catalog = open_catalog(home, collection)
    counts = catalog.counts()
    if as_json:
        languages = {
            language: {"articles": articles, "passages": passages}
            for language, (articles, passages) in counts.items()
        }
        model = str(catalog.fingerprint())
        print_json({"collection": collection, "model": model, "languages": languages})
        return
    click.echo(f"Model: {catalog.fingerprint()}")
    for language, (articles, passages) in counts.items():
        click.echo(f"{language}: {articles} articles, {passages} passages")

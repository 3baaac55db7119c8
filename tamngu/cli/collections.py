"""``tamngu collections``: list, check, move and rebuild collections."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Group, option
from tamngu.cli.loading import load, open_catalog
from tamngu.cli.output import print_json
from tamngu.cli.progress import progress_bar
from tamngu.cli.shared_options import (
    OUTPUT,
    collection_options,
    json_option,
    model_option,
    place_options,
)
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from rag.collection.paths import Home


@click.group(cls=Group, examples=("tamngu collections list",))
def collections() -> None:
    """List, check, move and rebuild collections.

    "tamngu ingest" creates a collection when the first article is ingested.
    """


@collections.command("list", examples=("tamngu collections list --json",))
@place_options
@json_option
def list_command(home: Home | None, as_json: bool) -> None:
    """List the names of all collections."""
    from rag.collection.paths import collection_names, default_home

    names = collection_names(home or default_home())
    if as_json:
        print_json(names)
    else:
        echo("\n".join(names) or "No collection yet. Create one with: tamngu ingest PATH")


@collections.command("stats", examples=("tamngu collections stats --collection news",))
@collection_options
@json_option
def stats_command(home: Home | None, collection: str, as_json: bool) -> None:
    """Show the size of a collection and of its index.

    Counts articles and passages by language, and articles that appeared in several places.
    """
    from rag.collection.statistics import statistics

    catalog = open_catalog(home, collection)
    figures = statistics(catalog)
    catalog.close()
    if as_json:
        print_json({"collection": collection, **dataclasses.asdict(figures)})
        return
    echo(f"Model: {figures.model}")
    for language, counts in figures.languages.items():
        echo(f"{language}: {counts.articles} articles, {counts.passages} passages")
    stories, index = figures.stories, figures.index
    echo(f"Stories in several places: {stories.stories} ({stories.articles} articles)")
    for language, segment in index.languages.items():
        echo(f"Index of {language}: {segment.kind}, {segment.passages} passages")
    echo(f"Passages since the index was written: {index.added} added, {index.removed} removed")
    echo(f"On disk: catalog {_megabytes(figures.bytes)}, index {_megabytes(index.bytes)}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@collections.command("check", examples=("tamngu collections check --collection news",))
@collection_options
@json_option
@click.pass_context
def check_command(
    context: click.Context, home: Home | None, collection: str, as_json: bool
) -> None:
    """Read a whole collection and report damage.

    Nothing is changed. The exit code is 1 if anything differs from what was stored.
    """
    from rag.collection.upkeep import check_collection

    catalog = open_catalog(home, collection)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Checking") as bar:
        report = check_collection(catalog, bar.update)
    catalog.close()
    if as_json:
        print_json({"collection": collection, **dataclasses.asdict(report)})
    else:
        for problem in report.problems:
            echo(problem, err=True)
        for note in report.notes:
            echo(note, err=True)
        echo(
            f"{report.articles} articles, {report.passages} passages: "
            + (f"{len(report.problems)} problems." if report.problems else "no problem.")
        )
    context.exit(1 if report.problems else 0)


@collections.command("compact", examples=("tamngu collections compact --collection news",))
@collection_options
def compact_command(home: Home | None, collection: str) -> None:
    """Build the indexes of a collection again from its catalog.

    Passages that an earlier release stored are rewritten in fewer bytes before. Nothing is encoded,
    so no model is needed. Searches continue meanwhile.
    """
    from rag.catalog.older_passages import count_older_passages
    from rag.collection.upkeep import compact_collection, upgrade_passages

    catalog = open_catalog(home, collection)
    passages = sum(count for _, count in catalog.counts().values())
    with progress_bar(count_older_passages(catalog.connections), "passage", "Upgrading") as bar:
        upgrade_passages(catalog, bar.update)
    with progress_bar(passages, "passage", "Indexing") as bar:
        compact_collection(catalog, bar.update)
    catalog.close()
    echo(f"The indexes of {collection} were built again: {passages} passages.")


@collections.command("export", examples=("tamngu collections export news.zip --collection news",))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@option("--replace", is_flag=True, heading=OUTPUT, help="Replace FILE if it exists.")
@collection_options
@json_option
def export_command(
    file: Path, replace: bool, home: Home | None, collection: str, as_json: bool
) -> None:
    """Write a collection to a ZIP file.

    FILE holds the articles as JSON lines, and the vectors. It can be imported on other machines.
    """
    from rag.collection.export_writer import export_collection

    catalog = open_catalog(home, collection)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Exporting") as bar:
        counts = export_collection(catalog, file, bar.update, replace=replace)
    catalog.close()
    if as_json:
        print_json({"collection": collection, "file": str(file), **dataclasses.asdict(counts)})
    else:
        echo(
            f"{collection} was exported to {file}: {counts.articles} articles, "
            f"{counts.passages} passages."
        )


@collections.command("import", examples=("tamngu collections import news.zip --collection copy",))
@click.argument("file", type=click.Path(path_type=Path))
@collection_options
@json_option
def import_command(file: Path, home: Home | None, collection: str, as_json: bool) -> None:
    """Create a collection from an exported ZIP file.

    FILE was written by "tamngu collections export". Nothing is encoded, so no model is needed.
    """
    from rag.collection.paths import default_home
    from rag.collection.restore import import_collection
    from rag.collection.upkeep import compact_collection

    home = home or default_home()
    with progress_bar(None, "article", "Importing") as bar:
        counts = import_collection(home, collection, file, bar.update)
    catalog = open_catalog(home, collection)
    with progress_bar(counts.passages, "passage", "Indexing") as bar:
        compact_collection(catalog, bar.update)
    catalog.close()
    if as_json:
        print_json({"collection": collection, "file": str(file), **dataclasses.asdict(counts)})
    else:
        echo(
            f"The collection {collection} was created from {file}: {counts.articles} articles, "
            f"{counts.passages} passages."
        )


@collections.command(
    "reindex", examples=("tamngu collections reindex --collection news --model ~/models/bge-m3",)
)
@collection_options
@model_option
@json_option
def reindex_command(home: Home | None, collection: str, model: str, as_json: bool) -> None:
    """Encode a collection again, with another model.

    Searches use the old model until the end. After an interruption, the next run continues where
    this one stopped.
    """
    from rag.ingestion.reindexing import reindex

    catalog = open_catalog(home, collection)
    encoder = load(model)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Encoding") as bar:
        report = reindex(catalog, encoder, bar.update)
    catalog.close()
    if as_json:
        print_json(
            {
                "collection": collection,
                "model": str(encoder.fingerprint),
                **dataclasses.asdict(report),
            }
        )
    else:
        echo(
            f"{collection} was encoded with {encoder.fingerprint}: {report.articles} articles, "
            f"{report.passages} passages, in {report.took_s:.1f} s."
        )

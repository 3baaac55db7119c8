"""``tamngu collections``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from tamngu.cli.options import (
    collection_options,
    home_option,
    json_option,
    load,
    model_option,
    open_catalog,
)
from tamngu.cli.output import print_json
from tamngu.cli.progress import progress_bar


@click.group()
def collections() -> None:
    """List collections, see that they are whole, and move them."""


@collections.command("list")
@home_option
@json_option
def list_command(home: Path | None, as_json: bool) -> None:
    """List the collections under the home."""
    from rag.collection.home import collection_names, default_home

    names = collection_names(home or default_home())
    if as_json:
        print_json(names)
    else:
        click.echo("\n".join(names) or "No collection yet. Make one with: tamngu ingest PATH")


@collections.command("stats")
@collection_options
@json_option
def stats_command(home: Path | None, collection: str, as_json: bool) -> None:
    """Count a collection's articles and passages, and say how they are indexed."""
    from rag.collection.statistics import statistics

    catalog = open_catalog(home, collection)
    figures = statistics(catalog)
    catalog.close()
    if as_json:
        print_json({"collection": collection, **dataclasses.asdict(figures)})
        return
    click.echo(f"Model: {figures.model}")
    for language, counts in figures.languages.items():
        click.echo(f"{language}: {counts.articles} articles, {counts.passages} passages")
    stories, index = figures.stories, figures.index
    click.echo(f"Stories in several places: {stories.stories}, {stories.articles} articles")
    for language, segment in index.languages.items():
        click.echo(f"Index of {language}: {segment.kind}, {segment.passages} passages")
    click.echo(
        f"Passages that came since it was written: {index.added}, that went: {index.removed}"
    )
    click.echo(f"On disk: catalog {_megabytes(figures.bytes)}, {_megabytes(index.bytes)}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@collections.command("check")
@collection_options
@json_option
@click.pass_context
def check_command(
    context: click.Context, home: Path | None, collection: str, as_json: bool
) -> None:
    """Read all of a collection, and say what of it is not as it was stored.

    Nothing is changed. The exit code is 1 when something is wrong.
    """
    from rag.collection.check import check

    catalog = open_catalog(home, collection)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Checking") as bar:
        report = check(catalog.path.parent, catalog, bar.update)
    catalog.close()
    if as_json:
        print_json({"collection": collection, **dataclasses.asdict(report)})
    else:
        for problem in report.problems:
            click.echo(problem, err=True)
        click.echo(
            f"{report.articles} articles, {report.passages} passages: "
            + (f"{len(report.problems)} problems." if report.problems else "all is well.")
        )
    context.exit(1 if report.problems else 0)


@collections.command("compact")
@collection_options
def compact_command(home: Path | None, collection: str) -> None:
    """Write a collection's indexes to disk anew, from its catalog alone."""
    from rag.collection.compaction import compact

    catalog = open_catalog(home, collection)
    passages = sum(count for _, count in catalog.counts().values())
    with progress_bar(passages, "passage", "Indexing") as bar:
        compact(catalog.path.parent, catalog, bar.update)
    catalog.close()
    click.echo(f"The index of {collection} is written: {passages} passages.")


@collections.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace FILE if it is there.")
@collection_options
@json_option
def export_command(
    file: Path, replace: bool, home: Path | None, collection: str, as_json: bool
) -> None:
    """Write a collection to FILE, a ZIP of JSON lines and vectors, to be read anywhere."""
    from rag.collection.export import export_collection

    catalog = open_catalog(home, collection)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Exporting") as bar:
        counts = export_collection(catalog, file, bar.update, replace=replace)
    catalog.close()
    if as_json:
        print_json({"collection": collection, "file": str(file), **dataclasses.asdict(counts)})
    else:
        click.echo(
            f"{collection} is in {file}: {counts.articles} articles, {counts.passages} passages."
        )


@collections.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@collection_options
@json_option
def import_command(file: Path, home: Path | None, collection: str, as_json: bool) -> None:
    """Make a new collection of what was exported to FILE; nothing is encoded."""
    from rag.collection.compaction import compact
    from rag.collection.home import default_home
    from rag.collection.restore import import_collection

    home = home or default_home()
    with progress_bar(None, "article", "Importing") as bar:
        counts = import_collection(home, collection, file, bar.update)
    catalog = open_catalog(home, collection)
    with progress_bar(counts.passages, "passage", "Indexing") as bar:
        compact(catalog.path.parent, catalog, bar.update)
    catalog.close()
    if as_json:
        print_json({"collection": collection, "file": str(file), **dataclasses.asdict(counts)})
    else:
        click.echo(
            f"{file} is the collection {collection} now: {counts.articles} articles, "
            f"{counts.passages} passages."
        )


@collections.command("reindex")
@collection_options
@model_option
@json_option
def reindex_command(home: Path | None, collection: str, model: str, as_json: bool) -> None:
    """Encode all of a collection anew with a model, and use that from then on.

    Searches go on with the old one meanwhile. If this is interrupted, the next run goes on.
    """
    from rag.ingestion.reindexing import reindex

    catalog = open_catalog(home, collection)
    encoder = load(model)
    articles = sum(count for count, _ in catalog.counts().values())
    with progress_bar(articles, "article", "Encoding") as bar:
        report = reindex(catalog.path.parent, catalog, encoder, bar.update)
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
        click.echo(
            f"{collection} is encoded with {encoder.fingerprint}: {report.articles} articles, "
            f"{report.passages} passages, in {report.took_s:.1f} s."
        )

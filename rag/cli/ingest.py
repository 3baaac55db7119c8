"""``tamngu ingest``."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import collection_options, json_option, load, model_option
from rag.cli.output import print_json
from rag.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag.collection import Collection
    from rag.ingestion import IngestReport


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@collection_options
@model_option
@json_option
@click.option(
    "--prune",
    is_flag=True,
    help="Afterwards remove articles that were read from under PATHS once and no longer are.",
)
@click.pass_context
def ingest_command(
    context: click.Context,
    paths: tuple[Path, ...],
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
    prune: bool,
) -> None:
    """Bring articles into a collection: .txt .md .html .jsonl files, or folders of them.

    What is there already, unchanged, costs nothing. What cannot be read is named on standard
    error, everything else is taken, and the exit code is then 1.
    """
    from rag.collection import Collection
    from rag.home import collection_directory, default_home
    from rag.readers import find_files

    home = home or default_home()
    collection_directory(home, collection)
    files = [(root, file) for root in paths for file in find_files(root)]
    opened = Collection.open_or_create(home, collection, load(model))
    report = ingest_with_progress(opened, files, prune=prune)
    for rejection in report.rejected:
        click.echo(f"Skipped {rejection}.", err=True)
    if as_json:
        counts = {name: total[1] for name, total in opened.catalog.counts().items()}
        print_json({"collection": collection, **dataclasses.asdict(report), "languages": counts})
    else:
        click.echo(
            f"Articles: {report.added} added, {report.updated} changed, {report.unchanged} "
            f"unchanged, {f'{report.removed} removed, ' if prune else ''}{len(report.rejected)} "
            f"skipped. Passages encoded: {report.passages}, in "
            f"{report.took_s:.1f} s. Collection: {collection}"
        )
    opened.close()
    context.exit(1 if report.rejected else 0)


def ingest_with_progress(
    collection: Collection, files: list[tuple[Path, Path]], *, prune: bool = False
) -> IngestReport:
    """Ingest (root, file) pairs under a progress bar of their bytes."""
    from rag.ingested_files import total_bytes
    from rag.ingestion import ingest_files

    with progress_bar(total_bytes(files), "B") as bar:
        return ingest_files(collection, files, prune=prune, on_bytes=bar.update)

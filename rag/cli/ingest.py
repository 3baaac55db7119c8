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
    from collections.abc import Sequence

    from rag.article import Article
    from rag.boilerplate import Cut
    from rag.collection import Collection
    from rag.ingestion import IngestReport
    from rag.readers import Reading


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
@click.option(
    "--keep-boilerplate",
    is_flag=True,
    help="Leave in plain text what pages put around a story: other stories, players, comments.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be kept, cut and skipped; ingest nothing."
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
    keep_boilerplate: bool,
    dry_run: bool,
) -> None:
    """Bring articles into a collection: .txt .md .html .jsonl files, or folders of them.

    What is there already, unchanged, costs nothing. What cannot be read is named on standard
    error, everything else is taken, and the exit code is then 1.
    """
    from rag.collection import Collection
    from rag.home import collection_directory, default_home
    from rag.readers import Reading, find_files

    home = home or default_home()
    collection_directory(home, collection)
    files = [(root, file) for root in paths for file in find_files(root)]
    if dry_run:
        context.exit(_show(files, keep_boilerplate=keep_boilerplate, as_json=as_json))
    opened = Collection.open_or_create(home, collection, load(model))
    reading = Reading(keep_boilerplate=keep_boilerplate)
    report = ingest_with_progress(opened, files, prune=prune, reading=reading)
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
    collection: Collection,
    files: list[tuple[Path, Path]],
    *,
    prune: bool = False,
    reading: Reading | None = None,
) -> IngestReport:
    """Ingest (root, file) pairs under a progress bar of their bytes."""
    from rag.ingested_files import total_bytes
    from rag.ingestion import ingest_files
    from rag.readers import DEFAULT_READING

    how = reading or DEFAULT_READING
    with progress_bar(total_bytes(files), "B") as bar:
        return ingest_files(collection, files, prune=prune, reading=how, on_bytes=bar.update)


def _show(files: list[tuple[Path, Path]], *, keep_boilerplate: bool, as_json: bool) -> int:
    """Print what would be taken of each file; return the exit code."""
    from rag.article import Article
    from rag.readers import Reading, read_file, source_name

    cut: list[Cut] = []
    reading = Reading(keep_boilerplate, lambda _, lines: cut.extend(lines))
    taken, skipped = [], []
    for root, file in files:
        for item in read_file(file, source_name(root, file), reading):
            if not isinstance(item, Article):
                skipped.append(str(item))
                if not as_json:
                    click.secho(f"skipped  {item}", fg="red")
                continue
            taken.append(_summary(item, cut))
            if not as_json:
                _print_summary(item, cut)
            cut.clear()
    if as_json:
        print_json({"articles": taken, "skipped": skipped})
    else:
        click.echo(f"{len(taken)} articles would be taken, {len(skipped)} skipped.")
    return 1 if skipped else 0


def _summary(article: Article, cut: Sequence[Cut]) -> dict[str, object]:
    return {
        "title": article.title,
        "language": article.language,
        "published_at": article.published_at,
        "source": article.source,
        "characters": len(article.text),
        "cut": [dataclasses.asdict(each) for each in cut],
    }


def _print_summary(article: Article, cut: Sequence[Cut]) -> None:
    about = [article.language, article.published_at or "no date", f"{len(article.text)} characters"]
    click.secho(f"kept     {article.title}", fg="green")
    click.secho(f"         {', '.join(about)}; {article.source}", dim=True)
    for each in cut:
        click.secho(f"cut      {each.reason}: {each.line[:100]}", fg="yellow")

"""``tamngu ingest``."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.options import collection_options, json_option, load, model_option
from tamngu.cli.output import print_json
from tamngu.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.collection.collection import Collection
    from rag.ingestion.pipeline import IngestReport
    from rag.readers import Reading


@click.command("ingest")
@click.argument("sources", nargs=-1, metavar="[PATH|URL]...")
@collection_options
@model_option
@json_option
@click.option(
    "--prune",
    is_flag=True,
    help="Afterwards remove articles that were read from under the paths once and no longer are.",
)
@click.option(
    "--keep-boilerplate",
    is_flag=True,
    help="Leave in a text what pages put around a story: other stories, players, comments.",
)
@click.option(
    "--field",
    "named",
    multiple=True,
    metavar="FIELD=NAME",
    help="Where a field of an article stands in JSON or CSV, such as text=body. Repeatable.",
)
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    metavar="URL",
    help="A feed or sitemap whose new pages are fetched. Repeatable.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Pages fetched of each feed or sitemap; the next run goes on with the rest.",
)
@click.option(
    "--delay",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Seconds between requests to one host; more where its robots.txt asks for it.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="Fetch from addresses that are not public too, such as this machine's own.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be kept, cut and skipped; ingest nothing."
)
@click.pass_context
def ingest_command(
    context: click.Context,
    sources: tuple[str, ...],
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
    prune: bool,
    keep_boilerplate: bool,
    named: tuple[str, ...],
    feeds: tuple[str, ...],
    most: int,
    delay: float,
    allow_private: bool,
    dry_run: bool,
) -> None:
    """Bring articles into a collection: files, archives, folders of them, or web pages.

    Reads .txt .md .html .pdf .docx .epub .eml .json .jsonl .csv .tsv, feeds, .warc and .zip. What
    is there already, unchanged, costs nothing. What cannot be read is named on standard error,
    everything else is taken, and the exit code is then 1.
    """
    from rag.collection.collection import Collection
    from rag.collection.home import collection_directory, default_home
    from rag.readers import Reading, find_files
    from tamngu.cli.dry_run import show
    from tamngu.cli.web import Web

    home = home or default_home()
    collection_directory(home, collection)
    urls = [source for source in sources if _is_url(source)]
    paths = [Path(source) for source in sources if not _is_url(source)]
    if not (sources or feeds):
        raise click.UsageError("Name a file, a folder or a URL to ingest, or a --feed.")
    if unlike := next((url for url in feeds if not _is_url(url)), None):
        raise click.BadParameter(f"{unlike!r} is no URL.", param_hint="--feed")
    reading = Reading(keep_boilerplate, _fields(named))
    files = [(root, file) for root in paths for file in find_files(root)]
    web = Web(tuple(urls), feeds, most, delay, allow_private)
    if dry_run:
        context.exit(show(files, web, reading, as_json=as_json))
    opened = Collection.open_or_create(home, collection, load(model))
    report = ingest_with_progress(opened, files, prune=prune, reading=reading)
    report += web.ingest(opened, reading)
    for rejection in report.rejected:
        click.echo(f"Skipped {rejection}.", err=True)
    if as_json:
        counts = {name: total[1] for name, total in opened.catalog.counts().items()}
        print_json({"collection": collection, **dataclasses.asdict(report), "languages": counts})
    else:
        _print_report(report, collection, prune=prune)
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
    from rag.ingestion.file_changes import total_bytes
    from rag.ingestion.pipeline import ingest_files
    from rag.readers import DEFAULT_READING

    how = reading or DEFAULT_READING
    with progress_bar(total_bytes(files), "B") as bar:
        return ingest_files(collection, files, prune=prune, reading=how, on_bytes=bar.update)


def _print_report(report: IngestReport, collection: str, *, prune: bool) -> None:
    click.echo(
        f"Articles: {report.added} added, {report.updated} changed, {report.unchanged} "
        f"unchanged, {f'{report.removed} removed, ' if prune else ''}{len(report.rejected)} "
        f"skipped. Passages encoded: {report.passages}, in "
        f"{report.took_s:.1f} s. Collection: {collection}"
    )
    if report.other_languages:
        counts = ", ".join(f"{code} {count}" for code, count in report.other_languages.items())
        click.echo(
            f"Among them in other languages than vi, zh and en: {counts}. They are searched too; "
            "how well was not measured."
        )


def _is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _fields(named: Sequence[str]) -> dict[str, str]:
    """Return what ``--field`` says."""
    from rag.readers.fields import FIELDS

    fields = dict(each.partition("=")[::2] for each in named)
    for field, name in fields.items():
        if field not in FIELDS or not name:
            raise click.BadParameter(
                f"{field!r} has to be one of {', '.join(FIELDS)}, then = and a name.",
                param_hint="--field",
            )
    return fields

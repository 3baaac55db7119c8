"""``tamngu ingest``."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tamngu.cli.command import Command, option
from tamngu.cli.loading import load
from tamngu.cli.output import print_json
from tamngu.cli.progress import progress_bar
from tamngu.cli.shared_options import (
    OUTPUT,
    WHERE,
    collection_options,
    json_option,
    model_option,
)
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.collection.collection import Collection
    from rag.collection.paths import Home
    from rag.isolation.limits import Limits
    from rag.readers import Reading
    from tamngu.records.ingest_report import IngestReport


READ = "Read files"
"""Heading of the options for files."""

FETCH = "Fetch web pages"
"""Heading of the options for web pages."""


def _complete_path(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Let the shell complete the name of a file."""
    return [CompletionItem(incomplete, type="file")]


@click.command(
    "ingest",
    cls=Command,
    examples=(
        "tamngu ingest ~/articles --dry-run",
        "tamngu ingest export.csv --field text=body --field title=headline",
        "tamngu ingest --feed https://news.example/feed.xml --collection news",
    ),
)
@click.argument("sources", nargs=-1, metavar="[PATH|URL]...", shell_complete=_complete_path)
@option(
    "--field",
    "named",
    multiple=True,
    metavar="FIELD=NAME",
    heading=READ,
    help="Name of the JSON key or CSV column that holds a field, such as text=body. Repeatable.",
)
@option(
    "--keep-boilerplate",
    is_flag=True,
    heading=READ,
    help="Keep the lines that pages add to a story: other stories, players, comments.",
)
@option(
    "--read-limits",
    metavar="LIMITS",
    heading=READ,
    default="",
    envvar="TAMNGU_READ_LIMITS",
    show_envvar=True,
    help="What reading a file may cost, such as 'cpu_s=60 .pdf:memory_mb=2048'.",
)
@option(
    "--prune",
    is_flag=True,
    heading=READ,
    help="At the end, delete articles that came from the given paths and are no longer there.",
)
@option(
    "--feed",
    "feeds",
    multiple=True,
    metavar="URL",
    heading=FETCH,
    help="Feed or sitemap; its new pages are fetched. Repeatable.",
)
@option(
    "--max-pages",
    former=("--most",),
    type=click.IntRange(min=1),
    metavar="N",
    heading=FETCH,
    default=1000,
    show_default=True,
    help="Pages to fetch from each feed or sitemap; the next run continues with the rest.",
)
@option(
    "--delay",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    heading=FETCH,
    default=1.0,
    show_default=True,
    help="Time between requests to one host; longer if its robots.txt asks for it.",
)
@option(
    "--allow-private",
    is_flag=True,
    heading=FETCH,
    help="Also fetch from addresses that are not public, such as those of this machine.",
)
@collection_options
@model_option
@option(
    "--ray",
    metavar="ADDRESS",
    heading=WHERE,
    help="HOST:PORT of a Ray cluster whose nodes read and encode the files; needs --cluster.",
)
@option(
    "--dry-run",
    is_flag=True,
    heading=OUTPUT,
    help="Show what would be kept, cut and skipped; ingest nothing.",
)
@json_option
@click.pass_context
def ingest_command(
    context: click.Context,
    sources: tuple[str, ...],
    home: Home | None,
    collection: str,
    model: str,
    as_json: bool,
    prune: bool,
    keep_boilerplate: bool,
    read_limits: str,
    named: tuple[str, ...],
    feeds: tuple[str, ...],
    max_pages: int,
    delay: float,
    allow_private: bool,
    ray: str | None,
    dry_run: bool,
) -> None:
    """Bring articles into a collection, from files or web pages.

    Reads .txt .md .html .pdf .docx .epub .eml .json .jsonl .csv .tsv, feeds, .warc and .zip, and
    folders of them. Unchanged articles are not encoded again. A file that cannot be read is named
    on standard error and skipped; the exit code is then 1.
    """
    from rag.collection.collection import Collection
    from rag.collection.paths import checked_name, default_home
    from rag.readers import Reading, find_files
    from tamngu.cli.ingesting.dry_run import show
    from tamngu.cli.ingesting.web import Web

    home = home or default_home()
    checked_name(collection)
    urls = [source for source in sources if _is_url(source)]
    paths = [Path(source) for source in sources if not _is_url(source)]
    if not (sources or feeds):
        raise click.UsageError("Name a file, a folder or a URL to ingest, or a feed with --feed.")
    if other := next((source for source in sources if _is_other_url(source)), None):
        raise click.UsageError(
            f"{other!r} cannot be fetched: give an address with http:// or https://, or a file."
        )
    if unlike := next((url for url in feeds if not _is_url(url)), None):
        raise click.BadParameter(
            f"{unlike!r} does not start with http:// or https://.", param_hint="--feed"
        )
    if ray is not None and isinstance(home, Path):
        raise click.UsageError("--ray stores articles on a cluster: name it with --cluster.")
    if ray is not None:
        from rag.ingestion.on_ray import ensure_ray

        # Before anything is created.
        ensure_ray(ray)
    reading, limits = Reading(keep_boilerplate, _fields(named)), _limits(read_limits)
    files = [(root, file) for root in paths for file in find_files(root)]
    web = Web(tuple(urls), feeds, max_pages, delay, allow_private)
    if dry_run:
        context.exit(show(files, web, reading, limits, as_json=as_json))
    opened = Collection.open_or_create(home, collection, load(model))
    if ray is None or isinstance(home, Path):
        report = ingest_with_progress(opened, files, prune=prune, reading=reading, limits=limits)
    else:
        from rag.ingestion.ray_steps import Work
        from tamngu.cli.ingesting.nodes import ingest_on_nodes

        work = Work(home, collection, model, reading, limits)
        report = ingest_on_nodes(opened, files, work, ray, prune=prune)
    report += web.ingest(opened, reading, limits)
    for rejection in report.rejected:
        echo(f"Skipped {rejection}.", err=True)
    if report.more_rejected:
        echo(f"Skipped {report.more_rejected:,} more.", err=True)
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
    limits: Limits | None = None,
) -> IngestReport:
    """Ingest (root, file) pairs, and show progress in bytes."""
    from rag.ingestion.file_changes import total_bytes
    from rag.ingestion.pipeline import ingest_files
    from rag.readers import DEFAULT_READING

    how = reading or DEFAULT_READING
    with progress_bar(total_bytes(files), "B", "Ingesting") as bar:
        return ingest_files(
            collection, files, prune=prune, reading=how, limits=limits, on_bytes=bar.update
        )


def _print_report(report: IngestReport, collection: str, *, prune: bool) -> None:
    echo(
        f"Articles: {report.added} added, {report.updated} changed, {report.unchanged} "
        f"unchanged, {f'{report.removed} removed, ' if prune else ''}{report.rejected_count} "
        f"skipped. Passages encoded: {report.passages}, in "
        f"{report.took_s:.1f} s. Collection: {collection}"
    )
    if report.other_languages:
        counts = ", ".join(f"{code} {count}" for code, count in report.other_languages.items())
        echo(
            f"Articles in languages other than vi, zh and en: {counts}. They are searched too, "
            "but the quality for these languages was not measured."
        )


def _is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _is_other_url(source: str) -> bool:
    """Tell whether a source names a protocol that is not HTTP; a file may be named so, too."""
    named = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", source)
    return named is not None and not _is_url(source) and not Path(source).exists()


def _limits(setting: str) -> Limits:
    """Return the limits that ``--read-limits`` states."""
    from rag.isolation.limits import BadLimits, Limits, changed

    try:
        return changed(Limits(), setting)
    except BadLimits as error:
        raise click.BadParameter(str(error), param_hint="--read-limits") from None


def _fields(named: Sequence[str]) -> dict[str, str]:
    """Return the values of ``--field``: names of JSON keys or CSV columns by field."""
    from rag.readers.fields import FIELDS

    fields = dict(each.partition("=")[::2] for each in named)
    for field, name in fields.items():
        if field not in FIELDS or not name:
            raise click.BadParameter(
                f"{field!r} is not a field; write FIELD=NAME with one of {', '.join(FIELDS)}.",
                param_hint="--field",
            )
    return fields

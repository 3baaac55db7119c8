"""``tamngu eval report``."""

from __future__ import annotations

from pathlib import Path

import click

from eval.cli.compare import run_file
from tamngu.cli.command import Command, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import debug_option

_target = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "report",
    cls=Command,
    examples=("tamngu eval report before.json after.json --html report.html --md report.md",),
)
@click.argument("runs", nargs=-1, required=True, type=run_file)
@option("--html", type=_target, help="Write one HTML page with plots, without other files.")
@option("--md", type=_target, help="Write tables in Markdown.")
@option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@debug_option
def report_command(
    runs: tuple[Path, ...], html: Path | None, md: Path | None, as_json: bool
) -> None:
    """Report on saved runs as HTML, Markdown or JSON.

    Without an option, prints the Markdown.
    """
    from eval.reports import report
    from eval.reports.figures import figures
    from eval.runs.run import BadRun, load

    loaded = [load(path) for path in runs]
    for path, made in ((html, report.html), (md, report.markdown)):
        if path is None:
            continue
        try:
            path.write_text(made(loaded), encoding="utf-8")
        except OSError as error:
            raise BadRun(f"Cannot write {path}: {error.strerror}.") from error
        click.echo(f"Written: {path}", err=True)
    if as_json:
        print_json(
            [{"gold": run.gold, "ranking": run.ranking, **figures(run.results)} for run in loaded]
        )
    elif html is None and md is None:
        click.echo(report.markdown(loaded), nl=False)

"""``tamngu bench all``: every measurement, each in a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from eval.bench.errors import BenchFailed
from eval.bench.options import MEASURE, questions_option, sizes_option
from eval.bench.output import log
from tamngu.cli.command import Command, option
from tamngu.cli.shared_options import OUTPUT, local_collection_options

if TYPE_CHECKING:
    from eval.bench.figures import Comparison, Figures

_BEGIN, _END = "<!-- bench all: begin -->", "<!-- bench all: end -->"

_NAMES = (
    "storage",
    "encode",
    "query",
    "ask",
    "ask-nothing-read",
    "ingest",
    "serve-1-worker",
    "serve-2-workers",
    "peers",
)


@click.command(
    "all",
    cls=Command,
    examples=("tamngu bench all --collection news --out new.json --against old.json",),
)
@questions_option
@sizes_option("10000,100000")
@option(
    "--articles",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    heading=MEASURE,
    show_default="articles made of the sample's sentences",
    help="Folder of articles for the measurement of ingest.",
)
@option(
    "--seconds",
    type=click.FloatRange(1, 600),
    metavar="SECONDS",
    heading=MEASURE,
    default=60,
    show_default=True,
    help="Duration of each steady load on the service.",
)
@option(
    "--peers",
    metavar="NAME,...",
    heading=MEASURE,
    help='Also run other systems, as "tamngu eval peers --systems" does.',
)
@option(
    "--only",
    multiple=True,
    type=click.Choice(_NAMES),
    metavar="NAME",
    heading=MEASURE,
    show_default="all",
    help=f"A measurement to make: {', '.join(_NAMES[:-1])} or {_NAMES[-1]}. Repeatable.",
)
@local_collection_options
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    heading=OUTPUT,
    help="Write the figures as JSON.",
)
@option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    heading=OUTPUT,
    help="Compare with the figures that --out wrote; the exit code is 1 if one is worse.",
)
@option(
    "--page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    heading=OUTPUT,
    help=f'Write a table into a Markdown file, between the lines "{_BEGIN}" and "{_END}".',
)
def all_command(
    questions: str,
    sizes: list[int],
    articles: Path | None,
    seconds: float,
    peers: str | None,
    only: tuple[str, ...],
    home: Path | None,
    collection: str,
    out: Path | None,
    against: Path | None,
    page: Path | None,
) -> None:
    """Make all measurements but the web app's, and compare them.

    Each runs in a process of its own. All together take long; --only chooses some. Figures are
    worse if they differ by more than two runs of the same code do: a quarter for times, a tenth
    for memory, a fiftieth for bytes. --out is written after each measurement.
    """
    from eval.bench.figures import Figures, compare, machine, named
    from eval.bench.new_process import output_of
    from rag.collection.paths import default_home, existing_directory

    home = home or default_home()
    existing_directory(home, collection)
    if "peers" in only and not peers:
        raise click.UsageError("--only peers needs --peers with the names of other systems.")
    older = None if against is None else Figures.read(against)
    if page is not None:
        _split(page)
    measured_on = machine()
    values: dict[str, float] = {}
    # All of it measures this machine.
    here = {name: value for name, value in os.environ.items() if name != "TAMNGU_CLUSTER"}
    with TemporaryDirectory(prefix="tamngu-bench-") as kept:
        place = ["--home", str(home), "--collection", collection]
        chosen = _measurements(questions, sizes, articles, seconds, peers, place, kept)
        chosen = {name: words for name, words in chosen.items() if not only or name in only}
        for number, (name, words) in enumerate(chosen.items(), 1):
            log(f"{number} of {len(chosen)}: {name}")
            printed = output_of(name, "-m", "tamngu", *words, "--json", environment=here)
            values |= dict(named(name, json.loads(printed)))
            newer = Figures(measured_on, values)
            # What was measured stays if a later measurement fails.
            if out is not None:
                newer.write(out)
    compared = [] if older is None else compare(older, newer)
    table = _table(newer, compared)
    if page is not None:
        before, after = _split(page)
        page.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{after}", encoding="utf-8")
    click.echo(table)
    worse = [each for each in compared if each.verdict == "worse"]
    if worse:
        raise BenchFailed(f"{len(worse)} of {len(compared)} figures are worse.")


def _measurements(
    questions: str,
    sizes: Sequence[int],
    articles: Path | None,
    seconds: float,
    peers: str | None,
    place: Sequence[str],
    kept: str,
) -> dict[str, list[str]]:
    """Return the words of each measurement's command."""
    asked = ["--questions", questions, *place]
    numbers = ["--passages", ",".join(map(str, sizes))]
    largest = ["--passages", str(max(sizes))]
    load = [*asked, *largest, "--seconds", str(seconds)]
    found = {}
    if peers:
        # It is the first, so that a name it does not know is refused at once.
        every = ["--gold", questions, "--systems", peers, "--every", "7"]
        found["peers"] = ["eval", "peers", *every]
    return found | {
        "storage": ["bench", "storage", *place],
        "encode": ["bench", "encode", "--texts", questions],
        "query": ["bench", "query", *asked, *numbers],
        "ask": ["bench", "ask", *asked, *numbers, "--keep", kept],
        # The large collection has its last size by now, if "ask" was measured.
        "ask-nothing-read": ["bench", "ask", *asked, *largest, "--keep", kept, "--reader", "none"],
        "ingest": ["bench", "ingest", *(["--articles", str(articles)] if articles else [])],
        "serve-1-worker": ["bench", "serve", *load],
        "serve-2-workers": ["bench", "serve", *load, "--workers", "2"],
    }


def _split(page: Path) -> tuple[str, str]:
    """Return what is before and behind the place of the table."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise BenchFailed(f"{page} lacks the lines {_BEGIN} and {_END}, in this order.")
    return before, after


def _table(figures: Figures, compared: Sequence[Comparison]) -> str:
    """Return Markdown: the machine, and a row for each figure."""
    older = {each.name: each for each in compared}
    lines = [f"- {name}: {value}" for name, value in figures.machine.items()]
    names = ["measurement", "figure", "value", *(["before", "verdict"] if older else [])]
    lines += ["", f"| {' | '.join(names)} |", "| --- " * len(names) + "|"]
    for name, value in figures.values.items():
        beside = older.get(name)
        measurement, _, figure = name.rpartition(": ")
        cells = [measurement, figure, f"{value:g}"]
        if older:
            cells += ["", ""] if beside is None else [f"{beside.older:g}", beside.verdict]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)

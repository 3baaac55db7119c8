"""``tamngu bench serve`` and ``tamngu bench web``, which measure a running service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.bench.options import MEASURE, measured_options, passages_option, questions_option
from eval.bench.output import log_to_terminal, print_figures
from tamngu.cli.command import Command, option
from tamngu.cli.loading import load
from tamngu.cli.shared_options import json_option, local_collection_options, model_option

if TYPE_CHECKING:
    from eval.bench.place import Place


@click.command(
    "serve",
    cls=Command,
    examples=("tamngu bench serve --collection news --seconds 60 --workers 2",),
)
@questions_option
@passages_option
@option(
    "--seconds",
    type=click.FloatRange(1, 600),
    metavar="SECONDS",
    heading=MEASURE,
    default=60,
    show_default=True,
    help="Duration of the steady load; the overload takes a quarter of it.",
)
@option(
    "--connections",
    type=click.IntRange(1, 512),
    metavar="N",
    heading=MEASURE,
    default=32,
    show_default=True,
    help="Connections that ask at the same time.",
)
@option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    heading=MEASURE,
    default=1,
    show_default=True,
    help="Server processes.",
)
@measured_options
@model_option
@json_option
def serve_command(
    questions: str,
    passages: int,
    seconds: float,
    connections: int,
    workers: int,
    place: Place,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Measure the service under load.

    It serves a large temporary collection, as in "tamngu bench ask".
    """
    from contextlib import closing

    from eval.bench.large_collection import multiply
    from eval.bench.place import place_to_make
    from eval.bench.service.load import measure
    from eval.bench.workload import read_workload
    from rag import Collection

    texts = read_workload(questions).questions
    with place_to_make(place) as (made, name):
        with closing(Collection.open(place.home(), collection, load(model))) as seeds:
            multiply(seeds, made.home(), name, passages, log_to_terminal)
        figures = measure(
            made,
            name,
            texts,
            seconds=seconds,
            connections=connections,
            workers=workers,
            log=log_to_terminal,
        )
    print_figures({"passages": passages, **figures}, as_json)


@click.command("web", cls=Command, examples=("tamngu bench web --collection news --starts 10",))
@questions_option
@option(
    "--starts",
    type=click.IntRange(2, 100),
    metavar="N",
    heading=MEASURE,
    default=5,
    show_default=True,
    help="Starts of the service.",
)
@local_collection_options
@json_option
def web_command(
    questions: str, starts: int, home: Path | None, collection: str, as_json: bool
) -> None:
    """Measure the web app after a start.

    The page is opened in headless Chromium, which playwright has to find on this machine.
    """
    from eval.bench.service.web import measure
    from eval.bench.workload import read_workload
    from rag.collection.paths import default_home, existing_directory

    home = home or default_home()
    existing_directory(home, collection)
    texts = read_workload(questions).questions
    print_figures(measure(home, collection, texts, starts, log_to_terminal), as_json)

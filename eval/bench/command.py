"""``tamngu bench``; an entry point adds it to the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from eval.bench.options import MEASURE, passages_option, questions_option
from tamngu.cli.command import Group, option
from tamngu.cli.loading import load
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import (
    debug_option,
    json_option,
    local_collection_options,
    model_option,
)


@click.group("bench", cls=Group, examples=("tamngu bench encode",))
def bench() -> None:
    """Measure speed and memory on this machine."""


@bench.command("encode", examples=("tamngu bench encode --texts xquad:DIR",))
@option(
    "--texts",
    default="sample",
    show_default=True,
    metavar="SPEC",
    heading=MEASURE,
    help="Texts to encode: sample (the sample articles) or xquad:DIR.",
)
@option(
    "--rounds",
    type=click.IntRange(1, 20),
    metavar="N",
    heading=MEASURE,
    default=3,
    show_default=True,
    help="Measurements on each side.",
)
@option(
    "--clients",
    type=click.IntRange(2, 256),
    metavar="N",
    heading=MEASURE,
    default=16,
    show_default=True,
    help="Clients that ask at the same time.",
)
@model_option
@debug_option
@json_option
def encode_command(texts: str, rounds: int, clients: int, model: str, as_json: bool) -> None:
    """Compare the encoder with sentence-transformers.

    Both encode the same texts in the same run.
    """
    from embeddings.load import is_endpoint
    from eval.bench.encode import measure
    from eval.bench.workload import read_workload

    kind, _, place = texts.partition(":")
    if texts != "sample" and (kind != "xquad" or not place):
        raise click.UsageError(f"{texts!r} is not a workload; give sample or xquad:DIR.")
    if is_endpoint(model):
        raise click.UsageError(
            "An endpoint cannot be compared; name a model of this machine with --model."
        )
    figures = measure(model, read_workload(texts), rounds=rounds, clients=clients, log=_log)
    _print(figures, as_json)


@bench.command("query", examples=("tamngu bench query --collection news --passages 10000,100000",))
@questions_option
@option(
    "--passages",
    default="10000,100000,1000000",
    show_default=True,
    metavar="N,...",
    heading=MEASURE,
    callback=lambda context, option, value: _numbers(value),
    help="Numbers of passages, all languages together.",
)
@option(
    "--kind",
    metavar="KIND",
    heading=MEASURE,
    show_default="the kind that the size selects",
    help="Kind of index to measure; all compares all kinds.",
)
@local_collection_options
@model_option
@json_option
def query_command(
    questions: str,
    passages: list[int],
    kind: str | None,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Measure searches among many passages.

    The passages are made to resemble those of --collection.
    """
    from eval.bench.query import measure, question_vectors
    from eval.bench.synthetic import real_vectors
    from eval.bench.workload import read_workload
    from rag.collection.paths import default_home, existing_directory
    from rag.index.faiss_kinds import KINDS

    source, _, place = questions.partition(":")
    if questions != "sample" and (source != "xquad" or not place):
        raise click.UsageError(
            f"{questions!r} is not a set of questions; give sample or xquad:DIR."
        )
    if kind not in (None, "all", *KINDS):
        raise click.UsageError(f"{kind!r} is not a kind of index; give {', '.join(KINDS)} or all.")
    seeds = real_vectors(existing_directory(home or default_home(), collection) / "catalog.db")
    vectors = question_vectors(load(model), read_workload(questions).questions)
    if any(each.shape[1] != vectors.shape[1] for each in seeds.values()):
        raise click.UsageError(
            "The collection was built with another model; give that model with --model."
        )
    kinds = tuple(KINDS) if kind == "all" else (kind,)
    lines: list[dict[str, object]] = []
    for line in measure(seeds, vectors, passages, kinds, _log_to_terminal):
        if not as_json:
            if not lines:
                click.echo("  ".join(line))
            click.echo("  ".join(f"{value!s:>{len(name)}}" for name, value in line.items()))
        lines.append(line)
    if as_json:
        print_json(lines)


@bench.command("ingest", examples=("tamngu bench ingest --articles ~/articles",))
@option(
    "--articles",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    heading=MEASURE,
    show_default="articles made of the sample's sentences",
    help="File or folder to draw articles from, in the formats of ingest. Repeatable.",
)
@option(
    "--max-articles",
    "count",
    former=("--files",),
    type=click.IntRange(min=1),
    metavar="N",
    heading=MEASURE,
    default=5000,
    show_default=True,
    help="Largest number of articles; each is one file.",
)
@model_option
@debug_option
@json_option
def ingest_command(paths: tuple[Path, ...], count: int, model: str, as_json: bool) -> None:
    """Measure the ingest of a folder.

    Also measures the encoder alone, and a second ingest of the unchanged folder.
    """
    from eval.bench.ingest import measure

    _print(measure(model, paths, count, _log_to_terminal), as_json)


@bench.command("ask", examples=("tamngu bench ask --collection news --passages 100000",))
@questions_option
@passages_option
@local_collection_options
@model_option
@json_option
def ask_command(
    questions: str, passages: int, home: Path | None, collection: str, model: str, as_json: bool
) -> None:
    """Measure answers from a large collection.

    The large collection is temporary. It is made of the passages of --collection, with noise.
    """
    from eval.bench.ask import measure
    from eval.bench.workload import read_workload
    from rag.collection.paths import default_home

    texts = read_workload(questions).questions
    home = home or default_home()
    figures = measure(home, collection, load(model), texts, passages, _log_to_terminal)
    _print(figures, as_json)


@bench.command("serve", examples=("tamngu bench serve --collection news --seconds 60 --workers 2",))
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
@local_collection_options
@model_option
@json_option
def serve_command(
    questions: str,
    passages: int,
    seconds: float,
    connections: int,
    workers: int,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Measure the service under load.

    It serves a large temporary collection, as in "tamngu bench ask".
    """
    from tempfile import TemporaryDirectory

    from eval.bench.ask import LARGE, multiply
    from eval.bench.serve import measure
    from eval.bench.workload import read_workload
    from rag.collection.paths import default_home

    texts = read_workload(questions).questions
    with TemporaryDirectory(prefix="tamngu-bench-") as folder:
        _log_to_terminal(f"Making {passages:,} passages.")
        multiply(home or default_home(), collection, load(model), passages, Path(folder))
        figures = measure(
            Path(folder),
            LARGE,
            texts,
            seconds=seconds,
            connections=connections,
            workers=workers,
            log=_log_to_terminal,
        )
    _print({"passages": passages, **figures}, as_json)


def _print(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")


def _numbers(text: str) -> list[int]:
    """Read numbers that are separated by commas."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1000:
        raise click.BadParameter(f"{text!r} is not a list of numbers of at least 1000.")
    return numbers


def _log(line: str) -> None:
    click.echo(line, err=True)


def _log_to_terminal(line: str) -> None:
    if sys.stderr.isatty():
        _log(line)

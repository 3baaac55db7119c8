"""``tamngu bench``, brought to the command line by an entry point."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tamngu.cli.options import collection_options, debug_option, json_option, load, model_option
from tamngu.cli.output import print_json


@click.group("bench")
def bench() -> None:
    """Measure speed and memory on this machine."""


@bench.command("encode")
@click.option(
    "--texts",
    default="sample",
    show_default=True,
    metavar="SPEC",
    help="What to encode: sample (the sample articles) or xquad:DIR.",
)
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True)
@click.option("--clients", type=click.IntRange(2, 256), default=16, show_default=True)
@model_option
@debug_option
@json_option
def encode_command(texts: str, rounds: int, clients: int, model: str, as_json: bool) -> None:
    """Compare the encoder with plain sentence-transformers, on the same texts in the same run."""
    from embeddings.load import is_endpoint
    from eval.bench.encode import measure
    from eval.bench.workload import read_workload

    kind, _, place = texts.partition(":")
    if texts != "sample" and (kind != "xquad" or not place):
        raise click.UsageError(f"{texts!r} is no workload; give sample or xquad:DIR.")
    if is_endpoint(model):
        raise click.UsageError("An endpoint has no sentence-transformers to compare with.")
    figures = measure(model, read_workload(texts), rounds=rounds, clients=clients, say=_say)
    _print(figures, as_json)


@bench.command("query")
@click.option(
    "--questions",
    default="sample",
    show_default=True,
    metavar="SPEC",
    help="What is asked: sample (the packaged gold questions) or xquad:DIR.",
)
@click.option(
    "--passages",
    default="10000,100000,1000000",
    show_default=True,
    metavar="N[,N...]",
    callback=lambda context, option, value: _numbers(value),
    help="Passages of all languages together.",
)
@click.option(
    "--kind",
    metavar="KIND",
    help="Index to measure; all compares them.  [default: the one chosen by size]",
)
@collection_options
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
    """Measure searches of many passages, made to resemble a collection's own."""
    from eval.bench.query import measure, question_vectors
    from eval.bench.synthetic import real_vectors
    from eval.bench.workload import read_workload
    from rag.collection.home import default_home, existing_directory
    from rag.index.faiss_index import KINDS

    source, _, place = questions.partition(":")
    if questions != "sample" and (source != "xquad" or not place):
        raise click.UsageError(f"{questions!r} is no set of questions; give sample or xquad:DIR.")
    if kind not in (None, "all", *KINDS):
        raise click.UsageError(f"{kind!r} is no index; give {', '.join(KINDS)} or all.")
    seeds = real_vectors(existing_directory(home or default_home(), collection) / "catalog.db")
    asked = question_vectors(load(model), read_workload(questions).questions)
    if any(vectors.shape[1] != asked.shape[1] for vectors in seeds.values()):
        raise click.UsageError("The collection was built with another model; name it with --model.")
    kinds = KINDS if kind == "all" else (kind,)
    lines: list[dict[str, object]] = []
    for line in measure(seeds, asked, passages, kinds, _say_in_terminal):
        if not as_json:
            if not lines:
                click.echo("  ".join(line))
            click.echo("  ".join(f"{value!s:>{len(name)}}" for name, value in line.items()))
        lines.append(line)
    if as_json:
        print_json(lines)


@bench.command("ingest")
@click.option(
    "--articles",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="File or folder to draw articles from, as ingest reads them; may be given several times.  "
    "[default: articles made of the sample's sentences]",
)
@click.option(
    "--files",
    "count",
    type=click.IntRange(min=1),
    default=5000,
    show_default=True,
    help="Most articles, each in a file of its own.",
)
@model_option
@debug_option
@json_option
def ingest_command(paths: tuple[Path, ...], count: int, model: str, as_json: bool) -> None:
    """Measure an ingest of a folder, beside the encoder alone and the same ingest again."""
    from eval.bench.ingest import measure

    _print(measure(model, paths, count, _say_in_terminal), as_json)


@bench.command("ask")
@click.option("--questions", default="sample", show_default=True, help="sample or xquad:DIR.")
@click.option(
    "--passages", type=click.IntRange(1000), default=100_000, show_default=True, help="How many."
)
@collection_options
@model_option
@json_option
def ask_command(
    questions: str, passages: int, home: Path | None, collection: str, model: str, as_json: bool
) -> None:
    """Measure answers from a collection that --collection is multiplied to."""
    from eval.bench.ask import measure
    from eval.bench.workload import read_workload
    from rag.collection.home import default_home

    asked = read_workload(questions).questions
    home = home or default_home()
    figures = measure(home, collection, load(model), asked, passages, _say_in_terminal)
    _print(figures, as_json)


@bench.command("serve")
@click.option("--questions", default="sample", show_default=True, help="sample or xquad:DIR.")
@click.option(
    "--passages", type=click.IntRange(1000), default=100_000, show_default=True, help="How many."
)
@click.option("--seconds", type=click.FloatRange(1, 600), default=60, show_default=True)
@click.option("--connections", type=click.IntRange(1, 512), default=32, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes."
)
@collection_options
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
    """Measure the service under load, over a collection that --collection is multiplied to."""
    from tempfile import TemporaryDirectory

    from eval.bench.ask import LARGE, multiply
    from eval.bench.serve import measure
    from eval.bench.workload import read_workload
    from rag.collection.home import default_home

    asked = read_workload(questions).questions
    with TemporaryDirectory(prefix="tamngu-bench-") as folder:
        _say_in_terminal(f"Making {passages:,} passages.")
        multiply(home or default_home(), collection, load(model), passages, Path(folder))
        figures = measure(
            Path(folder),
            LARGE,
            asked,
            seconds=seconds,
            connections=connections,
            workers=workers,
            say=_say_in_terminal,
        )
    _print({"passages": passages, **figures}, as_json)


def _print(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")


def _numbers(text: str) -> list[int]:
    """Read numbers with commas between them."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1000:
        raise click.BadParameter(f"{text!r} is no list of numbers from 1000 on.")
    return numbers


def _say(line: str) -> None:
    click.echo(line, err=True)


def _say_in_terminal(line: str) -> None:
    if sys.stderr.isatty():
        _say(line)

"""``tamngu bench``; an entry point adds it to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.bench.all_command import all_command
from eval.bench.options import MEASURE, measured_options, questions_option, sizes_option
from eval.bench.output import log, log_to_terminal, print_figures, print_table
from eval.bench.service.commands import serve_command, web_command
from eval.bench.storage import storage_command
from tamngu.cli.command import Group, option
from tamngu.cli.loading import load
from tamngu.cli.shared_options import (
    cluster_option,
    debug_option,
    json_option,
    local_collection_options,
    model_option,
    reader_option,
)

if TYPE_CHECKING:
    from eval.bench.place import Place


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
    figures = measure(model, read_workload(texts), rounds=rounds, clients=clients, log=log)
    print_figures(figures, as_json)


@bench.command("query", examples=("tamngu bench query --collection news --passages 10000,100000",))
@questions_option
@sizes_option("10000,100000,1000000")
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
    sizes: list[int],
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
    print_table(measure(seeds, vectors, sizes, kinds, log_to_terminal), as_json)


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
@cluster_option
@debug_option
@json_option
def ingest_command(
    paths: tuple[Path, ...], count: int, model: str, cluster: Path | None, as_json: bool
) -> None:
    """Measure the ingest of a folder.

    Also measures the encoder alone, and a second ingest of the unchanged folder. On a cluster the
    collection has a name of its own, and is removed at the end.
    """
    from eval.bench.ingest import measure
    from eval.bench.place import Place, place_to_make

    with place_to_make(Place.named(None, cluster)) as (place, name):
        figures = measure(model, paths, count, place, name, log_to_terminal)
    print_figures(figures, as_json)


@bench.command("ask", examples=("tamngu bench ask --collection news --passages 10000,100000",))
@questions_option
@sizes_option("100000")
@option(
    "--keep",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    heading=MEASURE,
    help="Folder that keeps the large collection; the next run goes on with what it holds.",
)
@measured_options
@model_option
@reader_option
@json_option
def ask_command(
    questions: str,
    sizes: list[int],
    folder: Path | None,
    place: Place,
    collection: str,
    model: str,
    reader: str | None,
    as_json: bool,
) -> None:
    """Measure answers from large collections.

    They are made of the passages of --collection, with noise. On a cluster they are made under a
    name of their own, and removed at the end.
    """
    from eval.bench.ask import AskTask, measure
    from eval.bench.place import place_to_make
    from eval.bench.workload import read_workload
    from rag.collection.paths import ensure_collection

    texts = read_workload(questions).questions
    with place_to_make(place, folder) as (made, name):
        ensure_collection(place.home(), collection)
        task = AskTask(made, name, model, reader, texts)
        print_table(measure(place, collection, sizes, task, log_to_terminal), as_json)


bench.add_command(all_command)
bench.add_command(serve_command)
bench.add_command(web_command)
bench.add_command(storage_command)

"""``tamngu eval run``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.cli.gold import gold_set
from eval.cli.progress import bar
from tamngu.cli.command import Command, option
from tamngu.cli.loading import load, open_collection
from tamngu.cli.output import print_json
from tamngu.cli.question_options import one_ranking, ranking_options
from tamngu.cli.reader import ready_reader
from tamngu.cli.shared_options import (
    OUTPUT,
    collection_options,
    json_option,
    model_option,
    reader_option,
)

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet
    from eval.runs.run import Run
    from rag.collection.paths import Home
    from tamngu.records.request import Ranking

MEASURE = "What is measured"
"""Heading of the options that choose questions and rankings."""

DISTRACTORS = "Add other passages"
"""Heading of the options for distractors."""

out_option = option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    heading=OUTPUT,
    help="Save the run, for eval compare, report and gate.",
)


@click.command(
    "run",
    cls=Command,
    examples=(
        "tamngu eval run --gold jsonl:news.jsonl --collection news --out run.json",
        "tamngu eval run --gold xquad:DIR --ranking dense --json",
    ),
)
@option(
    "--gold",
    required=True,
    metavar="SPEC",
    heading=MEASURE,
    help="Gold set: xquad:DIR, squad:FILE[@LANG], beir:DIR[@SPLIT] or jsonl:FILE.",
)
@ranking_options(MEASURE)
@option(
    "--ablate",
    is_flag=True,
    heading=MEASURE,
    help="Measure all rankings, and hybrid without each of its parts and without reading.",
)
@option(
    "--abstention",
    former=("--confidence",),
    is_flag=True,
    heading=MEASURE,
    help="Leave out half of the passages, and measure how well the confidence tells which "
    "questions have an answer.",
)
@option(
    "--answers",
    is_flag=True,
    heading=MEASURE,
    help="Also answer the questions and score the answers; jsonl always does.",
)
@option(
    "--distractors",
    type=click.Path(exists=True, path_type=Path),
    heading=DISTRACTORS,
    help="Folder of corpora; their passages are added to those of the gold set.",
)
@option(
    "--per-language",
    type=click.IntRange(1),
    metavar="N",
    heading=DISTRACTORS,
    default=5000,
    show_default=True,
    help="Number of passages to add in each language.",
)
@collection_options
@model_option
@reader_option
@out_option
@option(
    "--trec",
    type=click.Path(dir_okay=False, path_type=Path),
    heading=OUTPUT,
    help="Write the first 100 results of each question as a TREC run file.",
)
@json_option
def run_command(
    gold: str,
    ranking: Ranking | None,
    plain: bool,
    words: bool,
    ablate: bool,
    abstention: bool,
    answers: bool,
    distractors: Path | None,
    per_language: int,
    home: Home | None,
    collection: str,
    model: str,
    reader: str,
    out: Path | None,
    trec: Path | None,
    as_json: bool,
) -> None:
    """Measure search and answers with a gold set.

    jsonl:FILE asks the articles of --collection. The other gold sets bring their own texts; each
    text becomes one passage of a temporary collection, on the cluster if there is one. The best
    passages of the hybrid ranking are read, as they are for users; --reader none measures the
    ranking alone.
    """
    chosen = one_ranking(ranking, plain=plain, words=words) or "hybrid"
    if abstention and chosen != "hybrid":
        raise click.UsageError(
            "--abstention needs the hybrid ranking; the baselines have no confidence."
        )
    started = time.perf_counter()
    wanted = gold_set(gold)
    if wanted.texts is None:
        if ablate or abstention or distractors is not None:
            raise click.UsageError(
                "--ablate, --abstention and --distractors need a gold set with its own texts."
            )
        runs = [_on_collection(wanted, home, collection, model, reader, chosen)]
    else:
        runs = _on_texts(
            wanted,
            model,
            reader,
            None if ablate else chosen,
            distractors,
            per_language,
            abstention,
            answers,
            home,
        )
    if out is not None:
        _save(runs, out)
    if trec is not None:
        from eval.runs.trec import write_run

        write_run(runs[0], trec)
    figures = {
        "gold": gold,
        **_printed(runs, ablate=ablate, abstention=abstention),
        "took_s": round(time.perf_counter() - started, 1),
    }
    if as_json:
        print_json(figures)
    else:
        print_tables(figures)


def _on_texts(
    gold: GoldSet,
    model: str,
    reader: str,
    ranking: str | None,
    distractors: Path | None,
    per_language: int,
    abstention: bool,
    answers: bool,
    place: Home | None,
) -> list[Run]:
    from eval.evaluation.corpora import draw_passages, find_corpora
    from eval.evaluation.evaluate import distractor_texts, evaluate_texts, without_half_of_texts
    from eval.evaluation.rankers import RANKERS, WITHOUT_READING

    # Published figures are for paragraphs that are cut at the model's length.
    encoder = load(model, overlong="cut")
    among = distractor_texts(
        {
            language: draw_passages(paths, language, per_language, encoder.count_tokens)
            for language, paths in (find_corpora(distractors) if distractors else {}).items()
        }
    )
    rankers = RANKERS if ranking is None else {ranking: RANKERS[ranking]}
    reads = answers or any(ranker.reads for ranker in rankers.values())
    reads_with = ready_reader(reader) if reads else None
    if ranking is None and reads_with is not None:
        rankers = {**RANKERS, **WITHOUT_READING}
    return evaluate_texts(
        without_half_of_texts(gold) if abstention else gold,
        encoder,
        rankers,
        bar,
        distractors=among,
        answers=answers,
        reader=reads_with,
        settings={"distractors": str(len(among))},
        place=place,
    )


def _on_collection(
    gold: GoldSet,
    home: Home | None,
    collection: str,
    model: str,
    reader: str,
    ranking: Ranking,
) -> Run:
    from eval.evaluation.evaluate import evaluate_collection

    opened = open_collection(home, collection, model, reader, reads=ranking == "hybrid")
    try:
        return evaluate_collection(gold, opened, ranking, bar)
    finally:
        opened.close()


def _save(runs: list[Run], out: Path) -> None:
    """Save a run; several runs are saved with the names of their rankings in the file names."""
    from eval.runs.run import save

    for run in runs:
        name = run.ranking.replace(", ", "-").replace(" ", "-")
        save(run, out if len(runs) == 1 else out.with_name(f"{out.stem}.{name}{out.suffix}"))


def _printed(runs: list[Run], *, ablate: bool, abstention: bool) -> dict[str, Any]:
    from eval.reports.figures import figures

    first = runs[0]
    known: dict[str, Any] = {
        "questions": len(first.results),
        "encoder": first.encoder,
        "reader": first.reader,
        "ranking": "all" if ablate else first.ranking,
        **first.settings,
    }
    if ablate:
        return known | {"mean": {run.ranking: figures(run.results)["mean"] for run in runs}}
    found = figures(first.results)
    if abstention:
        return known | {"abstention": found["abstention"]}
    return known | found


def print_tables(figures: dict[str, Any]) -> None:
    """Print figures as a table."""
    for name, value in figures.items():
        if isinstance(value, dict):
            click.secho(f"\n{name}", bold=True)
            _print_rows("", value)
        else:
            click.echo(f"{name}: {value}")


def _print_rows(label: str, row: dict[str, Any]) -> None:
    """Print the figures of a row, then the rows inside it."""
    cells = [f"{name} {value:g}" for name, value in row.items() if not isinstance(value, dict)]
    if cells:
        click.echo(f"  {label:14}  {'  '.join(cells)}")
    for name, value in row.items():
        if isinstance(value, dict):
            _print_rows(f"{label} {name}".strip(), value)

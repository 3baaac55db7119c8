"""``tamngu eval run``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.cli.gold import gold_set
from eval.cli.progress import bar
from tamngu.cli.options import collection_options, json_option, load, model_option, open_collection
from tamngu.cli.output import print_json

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet
    from eval.runs.run import Run
    from tamngu.records.request import Ranking

out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the run, for eval compare, report and gate.",
)


@click.command("run")
@click.option(
    "--gold",
    required=True,
    metavar="SPEC",
    help="xquad:DIR, squad:FILE[@LANG], beir:DIR[@SPLIT] or jsonl:FILE.",
)
@click.option("--plain", is_flag=True, help="Rank by plain cosine alone, the baseline.")
@click.option("--words", is_flag=True, help="Rank by BM25 alone, another baseline.")
@click.option("--ablate", is_flag=True, help="Rank in all ways, to see what each part does.")
@click.option(
    "--confidence",
    is_flag=True,
    help="Leave half of the passages out, and see whether confidence tells.",
)
@click.option(
    "--distractors",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of corpora whose passages are put among those of the gold set.",
)
@click.option(
    "--per-language",
    type=click.IntRange(1),
    default=5000,
    show_default=True,
    help="Distractors of each language.",
)
@click.option("--answers", is_flag=True, help="Have each question answered, too; jsonl always is.")
@out_option
@click.option(
    "--trec",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the first hundred of each question as a TREC run file.",
)
@collection_options
@model_option
@json_option
def run_command(
    gold: str,
    plain: bool,
    words: bool,
    ablate: bool,
    confidence: bool,
    distractors: Path | None,
    per_language: int,
    answers: bool,
    out: Path | None,
    trec: Path | None,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Score a gold set.

    jsonl:FILE searches --collection, and asks it, for real. The others bring their own texts, which
    are made a collection for the time being, each text one passage.
    """
    if plain and words:
        raise click.UsageError("--plain or --words, not both.")
    started = time.perf_counter()
    wanted = gold_set(gold)
    way: Ranking = "plain" if plain else "words" if words else "fair"
    if wanted.texts is None:
        if ablate or confidence or distractors is not None:
            raise click.UsageError(
                "--ablate, --confidence and --distractors are for gold sets with their own texts."
            )
        runs = [_on_collection(wanted, home, collection, model, way)]
    else:
        runs = _on_texts(
            wanted, model, None if ablate else way, distractors, per_language, confidence, answers
        )
    if out is not None:
        _save(runs, out)
    if trec is not None:
        from eval.runs.trec import write_run

        write_run(runs[0], trec)
    figures = {
        "gold": gold,
        **_printed(runs, ablate=ablate, confidence=confidence),
        "took_s": round(time.perf_counter() - started, 1),
    }
    if as_json:
        print_json(figures)
    else:
        print_tables(figures)


def _on_texts(
    gold: GoldSet,
    model: str,
    way: str | None,
    distractors: Path | None,
    per_language: int,
    confidence: bool,
    answers: bool,
) -> list[Run]:
    from eval.evaluation.corpus import draw_passages, find_corpora
    from eval.evaluation.evaluate import evaluate_texts, halved, others
    from eval.evaluation.pools import RANKERS

    # Published figures are of paragraphs cut at the model's length.
    encoder = load(model, overlong="cut")
    among = others(
        {
            language: draw_passages(paths, language, per_language, encoder.count_tokens)
            for language, paths in (find_corpora(distractors) if distractors else {}).items()
        }
    )
    settings = {"distractors": str(len(among))}
    return evaluate_texts(
        halved(gold) if confidence else gold,
        encoder,
        RANKERS if way is None else {way: RANKERS[way]},
        bar,
        distractors=among,
        answers=answers,
        settings=settings,
    )


def _on_collection(
    gold: GoldSet, home: Path | None, collection: str, model: str, way: Ranking
) -> Run:
    from eval.evaluation.evaluate import evaluate_collection

    opened = open_collection(home, collection, model)
    try:
        return evaluate_collection(gold, opened, way, bar)
    finally:
        opened.close()


def _save(runs: list[Run], out: Path) -> None:
    """Save one run; of several, each under its ranking's name."""
    from eval.runs.run import save

    for run in runs:
        name = run.ranking.replace(", ", "-").replace(" ", "-")
        save(run, out if len(runs) == 1 else out.with_name(f"{out.stem}.{name}{out.suffix}"))


def _printed(runs: list[Run], *, ablate: bool, confidence: bool) -> dict[str, Any]:
    from eval.reports.figures import figures

    first = runs[0]
    known: dict[str, Any] = {
        "questions": len(first.results),
        "encoder": first.encoder,
        "ranking": "all" if ablate else first.ranking,
        **first.settings,
    }
    if ablate:
        return known | {"mean": {run.ranking: figures(run.results)["mean"] for run in runs}}
    found = figures(first.results)
    if confidence:
        return known | {"abstention": found["abstention"]}
    return known | found


def print_tables(figures: dict[str, Any]) -> None:
    """Print figures for people to read."""
    for name, value in figures.items():
        if isinstance(value, dict):
            click.secho(f"\n{name}", bold=True)
            _print_rows("", value)
        else:
            click.echo(f"{name}: {value}")


def _print_rows(label: str, row: dict[str, Any]) -> None:
    """Print the figures of a row, and then the rows within it."""
    cells = [f"{name} {value:g}" for name, value in row.items() if not isinstance(value, dict)]
    if cells:
        click.echo(f"  {label:14}  {'  '.join(cells)}")
    for name, value in row.items():
        if isinstance(value, dict):
            _print_rows(f"{label} {name}".strip(), value)

"""``tamngu eval``, brought to the command line by an entry point."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from rag.cli.options import collection_options, json_option, load, model_option, open_collection
from rag.cli.output import print_json

KINDS = ("xquad", "jsonl")
"""Kinds of gold sets, as SPEC names them."""


@click.group("eval")
def evaluate() -> None:
    """Measure how well questions find their answers."""


@evaluate.command("run")
@click.option("--gold", required=True, metavar="SPEC", help="xquad:DIR or jsonl:FILE.")
@click.option("--plain", is_flag=True, help="Rank by plain cosine alone, the baseline.")
@click.option(
    "--ablate", is_flag=True, help="Rank in all ways, to see what each part does (xquad)."
)
@click.option(
    "--confidence",
    is_flag=True,
    help="Leave half of the paragraphs out, and see whether confidence tells (xquad).",
)
@click.option(
    "--distractors",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of corpora whose passages are put among those of the gold set (xquad).",
)
@click.option(
    "--per-language",
    type=click.IntRange(1),
    default=5000,
    show_default=True,
    help="Distractors of each language.",
)
@collection_options
@model_option
@json_option
def run_command(
    gold: str,
    plain: bool,
    ablate: bool,
    confidence: bool,
    distractors: Path | None,
    per_language: int,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Score a gold set.

    xquad:DIR searches a collection made of the paragraphs of DIR/xquad.LANG.json, for the time
    being. jsonl:FILE searches --collection, and asks it, for real.
    """
    kind, _, place = gold.partition(":")
    if kind not in KINDS or not place:
        known = " or ".join(f"{name}:PATH" for name in KINDS)
        raise click.UsageError(f"{gold!r} is no gold set; give {known}.")
    started = time.perf_counter()
    if kind == "xquad":
        ways = ["plain"] if plain else ["fair"]
        figures = _run_xquad(
            Path(place), model, None if ablate else ways, distractors, per_language, confidence
        )
    elif ablate or confidence or distractors is not None:
        raise click.UsageError("--ablate, --confidence and --distractors are for xquad:DIR.")
    else:
        figures = _run_jsonl(Path(place), home, collection, model, plain)
    figures = {"gold": gold, **figures, "took_s": round(time.perf_counter() - started, 1)}
    if as_json:
        print_json(figures)
    else:
        _print_tables(figures)


def _run_xquad(
    directory: Path,
    model: str,
    ways: list[str] | None,
    distractors: Path | None,
    per_language: int,
    confidence: bool,
) -> dict[str, Any]:
    """Run the rankings of those names, or all; or judge how well confidence tells."""
    from tempfile import TemporaryDirectory

    from eval import pools
    from eval.corpus import draw_passages, find_corpora
    from eval.xquad import read_xquad

    halves = read_xquad(directory)
    # Published figures are of paragraphs cut at the model's length.
    encoder = load(model, overlong="cut")
    others = {
        language: draw_passages(paths, language, per_language, encoder.count_tokens)
        for language, paths in (find_corpora(distractors) if distractors else {}).items()
    }
    contexts = [text for half in halves.values() for text in half.contexts]
    limit = encoder.max_passage_tokens
    questions = sum(len(half.questions) for half in halves.values())
    chosen = ways or list(pools.RANKERS)
    with TemporaryDirectory() as home:
        total = len(contexts) + sum(map(len, others.values()))
        with _bar(total, "passage") as advance:
            # Every other paragraph, in all languages.
            left_out = range(1, len(contexts), 2) if confidence else ()
            pool = pools.build(Path(home), encoder, halves, others, advance, left_out=left_out)
        figures = {}
        judged = {}
        if confidence:
            with _bar(questions, "question") as advance:
                judged["confidence"] = pools.judge(pool, advance)
        for way in [] if confidence else chosen:
            with _bar(questions, "question") as advance:
                figures[way] = pools.run(pool, pools.RANKERS[way], advance)
        pool.collection.close()
    return {
        "questions": questions,
        "distractors": sum(map(len, others.values())),
        "encoder": str(encoder.fingerprint),
        "ranking": ", ".join(chosen) if ways else "all",
        "truncated_passages": sum(count > limit for count in encoder.count_tokens(contexts)),
        **(judged or _chosen(figures, ways)),
    }


def _chosen(figures: dict[str, Any], ways: list[str] | None) -> dict[str, Any]:
    """Return all figures of the one way, or the means of all."""
    if ways:
        return dict(figures[ways[0]])
    return {"mean": {way: found["mean"] for way, found in figures.items()}}


def _run_jsonl(
    path: Path, home: Path | None, collection: str, model: str, plain: bool
) -> dict[str, Any]:
    from eval import pipeline
    from eval.gold import read_jsonl

    questions = read_jsonl(path)
    opened = open_collection(home, collection, model)
    with _bar(len(questions), "question") as advance:
        figures = pipeline.run(
            opened,
            questions,
            ranking="plain" if plain else "fair",
            on_question=lambda: advance(1),
        )
    opened.close()
    return {
        "questions": len(questions),
        "encoder": str(opened.encoder.fingerprint),
        "ranking": "plain" if plain else "fair",
        **figures,
    }


@contextmanager
def _bar(total: int, unit: str) -> Iterator[Callable[[int], object]]:
    """Show progress in a terminal; gives the function that advances it."""
    from tqdm import tqdm

    with tqdm(total=total, unit=unit, disable=None, leave=False, delay=1) as bar:
        yield bar.update


def _print_tables(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if not isinstance(value, dict):
            click.echo(f"{name}: {value}")
            continue
        click.secho(f"\n{name}", bold=True)
        rows = value if all(isinstance(row, dict) for row in value.values()) else {"": value}
        for label, row in rows.items():
            cells = "  ".join(f"{metric} {figure:g}" for metric, figure in row.items())
            click.echo(f"  {label:8}{cells}")

"""``tamngu eval score`` and ``tamngu eval qrels``: read and write TREC files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.cli.gold import gold_set
from eval.cli.run import out_option, print_tables
from tamngu.cli.command import Command, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import debug_option, json_option

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet

file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "score",
    cls=Command,
    examples=(
        "tamngu eval score other.run --qrels gold.qrels",
        "tamngu eval score other.run --gold xquad:DIR --out other.json",
    ),
)
@click.argument("run", type=file)
@option("--qrels", type=file, help="TREC file with the judgements.")
@option("--gold", metavar="SPEC", help="Gold set with its own texts, instead of --qrels.")
@out_option
@json_option
@debug_option
def score_command(
    run: Path, qrels: Path | None, gold: str | None, out: Path | None, as_json: bool
) -> None:
    """Score a TREC run file of any system.

    The judgements are those of --qrels or of --gold.
    """
    from eval.evaluation.trec_scores import gold_of_judgements, score_run_file
    from eval.reports.figures import figures
    from eval.runs.run import save
    from eval.runs.trec import read_qrels, read_trec_run

    if (qrels is None) == (gold is None):
        raise click.UsageError("Give either --qrels or --gold.")
    wanted: GoldSet = (
        gold_of_judgements(qrels, read_qrels(qrels)) if qrels else gold_set(gold or "")
    )
    scored = score_run_file(wanted, run, read_trec_run(run))
    if out is not None:
        save(scored, out)
    found = {"gold": scored.gold, "questions": len(scored.results), **figures(scored.results)}
    if as_json:
        print_json(found)
    else:
        print_tables(found)


@click.command("qrels", cls=Command, examples=("tamngu eval qrels xquad:DIR",))
@click.argument("gold", metavar="SPEC")
@debug_option
def qrels_command(gold: str) -> None:
    """Print the judgements of a gold set as TREC qrels.

    SPEC is xquad:DIR, squad:FILE[@LANG], beir:DIR[@SPLIT] or jsonl:FILE.
    """
    from eval.runs.trec import qrels_lines

    for line in qrels_lines(gold_set(gold)):
        click.echo(line)

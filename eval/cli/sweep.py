"""``tamngu eval sweep``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from eval.cli.gold import gold_set
from eval.cli.progress import bar
from eval.cli.run import MEASURE
from reading.load import NO_READER
from tamngu.cli.command import Command, option
from tamngu.cli.loading import load, open_collection
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import collection_options, json_option, model_option

if TYPE_CHECKING:
    from eval.evaluation.sweep import Sweep
    from rag.collection.paths import Home


@click.command(
    "sweep",
    cls=Command,
    examples=(
        "tamngu eval sweep --gold xquad:DIR --set late=0,.3,.6 --set lexical=.1,.3",
        "tamngu eval sweep --gold jsonl:news.jsonl -c news --set passage_tokens=100,200",
    ),
)
@option(
    "--gold",
    required=True,
    metavar="SPEC",
    heading=MEASURE,
    help="Gold set, as for eval run.",
)
@option(
    "--set",
    "given",
    multiple=True,
    required=True,
    metavar="NAME=VALUE,...",
    heading=MEASURE,
    help="Setting and the values to try: model; for a gold set with its own texts sentence, late, "
    "lexical, crossing; for jsonl passage_tokens, ranking. Repeatable.",
)
@option(
    "--metric",
    metavar="FIGURE",
    heading=MEASURE,
    default="mixed_map",
    show_default=True,
    help="Figure that chooses the best settings.",
)
@collection_options
@model_option
@json_option
def sweep_command(
    gold: str,
    given: tuple[str, ...],
    metric: str,
    home: Home | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Try settings on one half of a gold set, measure on the other.

    The best settings are chosen on the first half. Their figure there is too good; believe the
    figure of the held-out half. Passages are ranked, and not read.
    """
    from eval.evaluation.sweep import OF_COLLECTIONS, OF_TEXTS, grid, sweep_collection, sweep_texts

    wanted = gold_set(gold)
    if wanted.texts is not None:
        settings = grid(given, OF_TEXTS)
        found = sweep_texts(wanted, model, partial(load, overlong="cut"), settings, metric, bar)
    else:
        settings = grid(given, OF_COLLECTIONS)
        opened = open_collection(home, collection, model, NO_READER)
        try:
            found = sweep_collection(wanted, opened, load, settings, metric, bar)
        finally:
            opened.close()
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: Sweep) -> None:
    click.secho(f"{found.metric:>10}{'chosen by':>12}{'held out':>12}", bold=True)
    for each in found.tried:
        name = " ".join(f"{key}={value}" for key, value in each.settings.items()) or "default"
        mark = " <- best" if each is found.best else ""
        click.echo(f"{'':10}{each.chosen_by:12.4f}{each.held_out:12.4f}  {name}{mark}")
    if found.difference is not None:
        click.echo(
            f"On the held-out half the best is {found.difference.delta:+.4f} from the default "
            f"(p {found.difference.p:.3f})."
        )

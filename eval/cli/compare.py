"""``tamngu eval compare``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import debug_option, json_option

if TYPE_CHECKING:
    from eval.reports.compare import Change, Comparison

run_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("compare", cls=Command, examples=("tamngu eval compare before.json after.json",))
@click.argument("before", type=run_file)
@click.argument("after", type=run_file)
@option(
    "--examples",
    former=("--shown",),
    type=int,
    metavar="N",
    default=5,
    show_default=True,
    help="Number of questions to list that got better, and that got worse.",
)
@json_option
@debug_option
def compare_command(before: Path, after: Path, examples: int, as_json: bool) -> None:
    """Compare two saved runs of the same questions.

    Shows the difference of each figure, and whether it is significant.
    """
    from eval.reports.compare import compare
    from eval.runs.run import load

    found = compare(load(before), load(after), examples)
    if as_json:
        print_json(
            {
                "differences": [
                    {**asdict(each), "delta": each.delta, "verdict": each.verdict}
                    for each in found.differences
                ],
                "losses": [_change(each) for each in found.losses],
                "wins": [_change(each) for each in found.wins],
                "notices": list(found.notices),
            }
        )
    else:
        _print(found)


def _change(change: Change) -> dict[str, object]:
    return {
        "id": change.after.id,
        "question": change.after.text,
        "delta": change.delta,
        "before": [place.id for place in change.before.found[:3]],
        "after": [place.id for place in change.after.found[:3]],
        "relevant": list(change.after.relevant),
    }


def _print(found: Comparison) -> None:
    for notice in found.notices:
        click.echo(notice)
    click.secho(
        f"\n{'figure':20}{'n':>6}{'before':>9}{'after':>9}{'delta':>9}{'won':>6}{'lost':>6}"
        f"{'p (Holm)':>10}",
        bold=True,
    )
    colours = {"better": "green", "worse": "red"}
    for each in found.differences:
        click.secho(
            f"{each.name:20}{each.questions:6}{each.before:9.4f}{each.after:9.4f}"
            f"{each.delta:+9.4f}{each.wins:6}{each.losses:6}{each.corrected:10.4f}  {each.verdict}",
            fg=colours.get(each.verdict),
        )
    for name, changes in (("Lost most", found.losses), ("Won most", found.wins)):
        if changes:
            click.secho(f"\n{name}, by average precision", bold=True)
        for change in changes:
            click.echo(f"{change.delta:+.3f}  {change.after.text}")
            click.echo(f"        {', '.join(place.id for place in change.after.found[:3])}")

"""``tamngu eval gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from embeddings import TamnguError
from tamngu.cli.command import Command, option
from tamngu.cli.shared_options import debug_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@click.command(
    "gate",
    cls=Command,
    examples=("tamngu eval gate run.json --min cross_r@1=.8 --max latency.p95_ms=50",),
)
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--min",
    "minima",
    multiple=True,
    metavar="FIGURE=VALUE",
    help="The figure must be at least this value. Repeatable.",
)
@option(
    "--max",
    "maxima",
    multiple=True,
    metavar="FIGURE=VALUE",
    help="The figure must be at most this value. Repeatable.",
)
@debug_option
def gate_command(run: Path, minima: tuple[str, ...], maxima: tuple[str, ...]) -> None:
    """Check the figures of a saved run against limits.

    The exit code is 1 if a figure is beyond its limit. Figures have their names in the JSON of
    "tamngu eval run", such as cross_r@1, single.vi->zh.r@1, answers.quote_recall and
    latency.p95_ms.
    """
    from eval.reports.figures import flat
    from eval.runs.run import load

    if not minima and not maxima:
        raise click.UsageError(
            "Give a limit, such as --min cross_r@1=.83 or --max latency.p95_ms=50."
        )
    found = flat(load(run))
    wanted = [(text, True) for text in minima] + [(text, False) for text in maxima]
    limits = [(*_read(text, found), at_least) for text, at_least in wanted]
    failed = 0
    for name, limit, at_least in limits:
        holds = found[name] >= limit if at_least else found[name] <= limit
        failed += not holds
        sign = ">=" if at_least else "<="
        click.secho(
            f"{'holds' if holds else 'FAILS'}  {name} {found[name]:g} {sign} {limit:g}",
            fg="green" if holds else "red",
        )
    if failed:
        raise TamnguError(f"{failed} of {len(limits)} figures are beyond their limits.")


def _read(text: str, found: Mapping[str, float]) -> tuple[str, float]:
    name, equals, value = text.rpartition("=")
    try:
        limit = float(value)
    except ValueError:
        equals = ""
    if not equals:
        raise click.UsageError(
            f"{text!r} is not a limit; write FIGURE=VALUE, such as cross_r@1=.83."
        )
    if name not in found:
        raise click.UsageError(f"The run has no figure {name!r}; {_near(name, list(found))}.")
    return name, limit


def _near(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.3) or list(known)[:3]
    return f"it has {', '.join(near)}"

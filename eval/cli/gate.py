"""``tamngu eval gate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from embeddings import TamnguError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@click.command("gate")
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--min", "least", multiple=True, metavar="FIGURE=VALUE", help="At least so much.")
@click.option("--max", "most", multiple=True, metavar="FIGURE=VALUE", help="At most so much.")
def gate_command(run: Path, least: tuple[str, ...], most: tuple[str, ...]) -> None:
    """Exit with 1 when a figure of a saved run is not what it should be.

    Figures are named as eval run --json has them: cross_r@1, single.vi->zh.r@1,
    answers.quote_recall, latency.p95_ms.
    """
    from eval.reports.figures import flat
    from eval.runs.run import load

    if not least and not most:
        raise click.UsageError("Say what to hold it to: --min cross_r@1=.83, or --max.")
    found = flat(load(run))
    wanted = [(text, True) for text in least] + [(text, False) for text in most]
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
        raise TamnguError(f"{failed} of {len(limits)} figures fail.")


def _read(text: str, found: Mapping[str, float]) -> tuple[str, float]:
    name, equals, value = text.rpartition("=")
    try:
        limit = float(value)
    except ValueError:
        equals = ""
    if not equals:
        raise click.UsageError(f"{text!r} is not FIGURE=VALUE, such as cross_r@1=.83.")
    if name not in found:
        raise click.UsageError(f"The run has no figure {name!r}; {_near(name, list(found))}.")
    return name, limit


def _near(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.3) or list(known)[:3]
    return f"near it: {', '.join(near)}"

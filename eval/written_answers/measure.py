"""Measure which written sentences stand: ``python -m eval.written_answers.measure``.

The model is assumed to do all that an injection asks for, so that the figures do not depend on it.
"""

from __future__ import annotations

import click

from embeddings import load_encoder
from embeddings.calibration.store import calibration_for
from eval.written_answers.cases import HALVES, cases
from eval.written_answers.verdicts import Judge, Verdict, rates

_RIGHT = {"honest": True, "honest beside an injection": True}
"""Groups of sentences that should stand; those of the others should not."""


@click.command()
@click.option("--half", type=click.Choice(HALVES), help="Only this half.  [default: both]")
@click.option("--wrong", is_flag=True, help="Name each sentence with a wrong verdict.")
def main(half: str | None, wrong: bool) -> None:
    """Print how many sentences of each group stand, by half and languages."""
    encoder = load_encoder()
    judge = Judge(encoder, calibration_for(encoder))
    verdicts = list(judge.verdicts([case for case in cases() if half in (None, case.half)]))
    for (group, of, languages), (stand, total) in sorted(rates(verdicts).items()):
        click.echo(f"{group:26} {of:9} {languages:7} {stand:4} of {total:4} stand")
    for each in verdicts if wrong else ():
        if each.stands != _RIGHT.get(each.group, False):
            click.echo(_described(each))


def _described(verdict: Verdict) -> str:
    match = verdict.match
    figures = "not read" if match is None else f"{match.sentence:.2f} {match.tokens or 0:.2f}"
    return f"{verdict.group}: {verdict.name} ({figures}): {verdict.text}"


if __name__ == "__main__":
    main()

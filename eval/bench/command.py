"""``tamngu bench``, brought to the command line by an entry point."""

from __future__ import annotations

import click

from rag.cli.options import debug_option, json_option, model_option
from rag.cli.output import print_json


@click.group("bench")
def bench() -> None:
    """Measure speed and memory on this machine."""


@bench.command("encode")
@click.option(
    "--texts",
    default="sample",
    show_default=True,
    metavar="SPEC",
    help="What to encode: sample (the sample articles) or xquad:DIR.",
)
@click.option("--rounds", type=click.IntRange(1, 20), default=3, show_default=True)
@click.option("--clients", type=click.IntRange(2, 256), default=16, show_default=True)
@model_option
@debug_option
@json_option
def encode_command(texts: str, rounds: int, clients: int, model: str, as_json: bool) -> None:
    """Compare the encoder with plain sentence-transformers, on the same texts in the same run."""
    from embeddings.load import is_endpoint
    from eval.bench.encode import measure
    from eval.bench.workload import read_workload

    kind, _, place = texts.partition(":")
    if texts != "sample" and (kind != "xquad" or not place):
        raise click.UsageError(f"{texts!r} is no workload; give sample or xquad:DIR.")
    if is_endpoint(model):
        raise click.UsageError("An endpoint has no sentence-transformers to compare with.")
    figures = measure(model, read_workload(texts), rounds=rounds, clients=clients, say=_say)
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")


def _say(line: str) -> None:
    click.echo(line, err=True)

"""``tamngu eval init``."""

from __future__ import annotations

from pathlib import Path

import click

from tamngu.cli.options import collection_options, model_option, open_collection


@click.command("init")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; one that is there stays.",
)
@click.option("--questions", type=click.IntRange(1), default=30, show_default=True)
@collection_options
@model_option
def init_command(out: Path, questions: int, home: Path | None, collection: str, model: str) -> None:
    """Draft a gold set from a collection, for a person to fill.

    Each line quotes a sentence of an article; write a question that it answers, in any language,
    and say the language. Lines that are no good can go.
    """
    from eval.evaluation.draft import write_draft

    opened = open_collection(home, collection, model)
    try:
        count = write_draft(opened, questions, out)
    finally:
        opened.close()
    click.echo(f"{count} questions to write in {out}; then: tamngu eval run --gold jsonl:{out}")

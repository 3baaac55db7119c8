"""``tamngu eval init``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command, option
from tamngu.cli.loading import open_collection
from tamngu.cli.shared_options import OUTPUT, collection_options, model_option

if TYPE_CHECKING:
    from rag.collection.paths import Home


@click.command(
    "init", cls=Command, examples=("tamngu eval init --collection news --out news.jsonl",)
)
@option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    heading=OUTPUT,
    help="File to write; an existing file is not replaced.",
)
@option(
    "--questions",
    type=click.IntRange(1),
    metavar="N",
    heading=OUTPUT,
    default=30,
    show_default=True,
    help="Number of questions to draft.",
)
@collection_options
@model_option
def init_command(out: Path, questions: int, home: Home | None, collection: str, model: str) -> None:
    """Draft a gold set from a collection, for a person to complete.

    Each line quotes a sentence of an article. Write a question that the sentence answers, in any
    language, and name the language. Delete the lines for which no good question comes to mind.
    """
    from eval.gold.draft import write_draft

    opened = open_collection(home, collection, model)
    try:
        count = write_draft(opened, questions, out)
    finally:
        opened.close()
    click.echo(f"Write {count} questions into {out}, then run: tamngu eval run --gold jsonl:{out}")

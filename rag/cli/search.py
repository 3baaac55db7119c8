"""``tamngu search``."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import (
    collection_options,
    json_option,
    model_option,
    open_collection,
    question_options,
    question_text,
)
from rag.cli.output import print_hit, print_json


@click.command("search")
@question_options
@collection_options
@model_option
@json_option
@click.option("--plain", is_flag=True, help="Rank by plain cosine, the baseline.")
def search_command(
    question: tuple[str, ...],
    k: int,
    language: str | None,
    languages: list[str] | None,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
    plain: bool,
) -> None:
    """Find the best passages for a QUESTION, whichever language they are in ("-" reads it)."""
    text = question_text(question)
    opened = open_collection(home, collection, model)
    from rag.retrieval import search

    found = search(opened, text, k=k, language=language, languages=languages, plain=plain)
    opened.close()
    if as_json:
        print_json(found)
        return
    for hit in found.hits:
        print_hit(hit)
    if not found.hits:
        click.echo("No passage to look at.", err=True)

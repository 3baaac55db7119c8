"""``tamngu search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.filters import filter_options
from tamngu.cli.options import (
    collection_options,
    json_option,
    model_option,
    open_collection,
    question_options,
    question_text,
)
from tamngu.cli.output import print_hit, print_json

if TYPE_CHECKING:
    from tamngu.records.filter import Filter
    from tamngu.records.request import Prefer


@click.command("search")
@question_options
@filter_options
@collection_options
@model_option
@json_option
@click.option("--plain", is_flag=True, help="Rank by plain cosine, the baseline.")
@click.option("--words", is_flag=True, help="Rank by words alone (BM25), language by language.")
@click.option(
    "--copies", is_flag=True, help="Show every copy of an article that appeared in several places."
)
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
def search_command(
    question: tuple[str, ...],
    k: int,
    language: str | None,
    languages: list[str] | None,
    prefer: Prefer | None,
    chosen: Filter,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
    plain: bool,
    words: bool,
    copies: bool,
    explain: bool,
) -> None:
    """Find the best passages for a QUESTION, whichever language they are in ("-" reads it)."""
    text = question_text(question)
    opened = open_collection(home, collection, model)
    from rag.retrieval.search import search

    if plain and words:
        raise click.UsageError("Rank by --plain or by --words, not by both.")
    found = search(
        opened,
        text,
        k=k,
        language=language,
        languages=languages,
        prefer=prefer,
        chosen=chosen,
        copies=copies,
        ranking="plain" if plain else "words" if words else "fair",
    )
    opened.close()
    if as_json:
        print_json(found)
        return
    for hit in found.hits:
        print_hit(hit, explain=explain)
    if not found.hits:
        click.echo("No passage to look at.", err=True)

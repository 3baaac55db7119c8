"""``tamngu ask``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.filters import filter_options
from rag.cli.options import (
    collection_options,
    json_option,
    model_option,
    open_collection,
    question_options,
    question_text,
)
from rag.cli.output import print_answer, print_json

if TYPE_CHECKING:
    from rag.filter import Filter


@click.command("ask")
@question_options
@filter_options
@collection_options
@model_option
@json_option
def ask_command(
    question: tuple[str, ...],
    k: int,
    language: str | None,
    languages: list[str] | None,
    chosen: Filter,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Answer a QUESTION with verified quotes from the collection ("-" reads it)."""
    text = question_text(question)
    opened = open_collection(home, collection, model)
    from rag.answer import ask

    answer = ask(opened, text, k=k, language=language, languages=languages, chosen=chosen)
    opened.close()
    if as_json:
        print_json(answer)
    else:
        print_answer(answer)

"""``tamngu ask``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.filters import filter_options
from tamngu.cli.options import (
    answer_options,
    chat_model,
    collection_options,
    json_option,
    model_option,
    open_collection,
    question_options,
    question_text,
)
from tamngu.cli.output import print_answer, print_json

if TYPE_CHECKING:
    from tamngu.records.filter import Filter
    from tamngu.records.request import Prefer


@click.command("ask")
@question_options
@filter_options
@collection_options
@model_option
@json_option
@answer_options
def ask_command(
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
    abstain_below: float,
    chat: str | None,
) -> None:
    """Answer a QUESTION with verified quotes from the collection ("-" reads it)."""
    text = question_text(question)
    opened = open_collection(home, collection, model)
    from rag.answering.ask import ask

    answer = ask(
        opened,
        text,
        k=k,
        language=language,
        languages=languages,
        prefer=prefer,
        chosen=chosen,
        abstain_below=abstain_below,
        chat=chat_model(chat),
    )
    opened.close()
    if as_json:
        print_json(answer)
    else:
        print_answer(answer)
    if answer.notice:
        click.echo(answer.notice, err=True)

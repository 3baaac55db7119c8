"""``tamngu ask``."""

from __future__ import annotations

from pathlib import Path

import click

from tamngu.cli.command import Command
from tamngu.cli.output import print_answer, print_json
from tamngu.cli.question_options import request_options
from tamngu.cli.shared_options import (
    answer_options,
    chat_model,
    collection_options,
    json_option,
    model_option,
    open_collection,
)
from tamngu.records.request import AskRequest


@click.command(
    "ask",
    cls=Command,
    examples=(
        'tamngu ask "Việt Nam gia nhập ASEAN năm nào?"',
        'tamngu ask "Who chairs ASEAN?" --languages vi,zh --json',
    ),
)
@request_options(AskRequest)
@answer_options
@collection_options
@model_option
@json_option
def ask_command(
    request: AskRequest,
    chat: str | None,
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Answer a question with verified quotes from a collection.

    QUESTION may be in Vietnamese, Chinese or English; the quotes may be in any of them. A single
    "-" reads the question from standard input.
    """
    opened = open_collection(home, collection, model)
    from rag.answering.ask import ask

    answer = ask(opened, request, chat=chat_model(chat))
    opened.close()
    if as_json:
        print_json(answer)
    else:
        print_answer(answer)
    if answer.notice:
        click.echo(answer.notice, err=True)

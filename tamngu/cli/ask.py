"""``tamngu ask``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command, option
from tamngu.cli.loading import chat_model, open_collection
from tamngu.cli.output import print_answer, print_json
from tamngu.cli.question_options import request_options
from tamngu.cli.shared_options import (
    OUTPUT,
    answer_options,
    collection_options,
    json_option,
    model_option,
    reader_option,
)
from tamngu.cli.terminal import echo
from tamngu.records.request import AskRequest

if TYPE_CHECKING:
    from rag.collection.paths import Home


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
@reader_option
@option(
    "--explain",
    is_flag=True,
    heading=OUTPUT,
    help="Also show the score of each short answer, and the parts of each passage's score.",
)
@json_option
def ask_command(
    request: AskRequest,
    chat: str | None,
    home: Home | None,
    collection: str,
    model: str,
    reader: str,
    explain: bool,
    as_json: bool,
) -> None:
    """Answer a question with verified quotes from a collection.

    The best passages are read, and a short answer stands before the quotes that prove it. QUESTION
    may be in Vietnamese, Chinese or English; the quotes may be in any of them. A single
    "-" reads the question from standard input.
    """
    opened = open_collection(
        home,
        collection,
        model,
        reader,
        reads=request.read,
        question=None if request.language else request.question,
    )
    from rag.answering.ask import ask

    answer = ask(opened, request, chat=chat_model(chat))
    opened.close()
    if as_json:
        print_json(answer)
    else:
        print_answer(answer, explain=explain)
    if answer.notice:
        echo(answer.notice, err=True)

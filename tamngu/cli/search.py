"""``tamngu search``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reading.load import NO_READER
from tamngu.cli.command import Command, option
from tamngu.cli.loading import open_collection
from tamngu.cli.output import print_hits, print_json
from tamngu.cli.question_options import RANK, ranking_options, request_options
from tamngu.cli.shared_options import (
    OUTPUT,
    collection_options,
    json_option,
    model_option,
    reader_option,
)
from tamngu.cli.terminal import echo
from tamngu.records.request import SearchRequest

if TYPE_CHECKING:
    from rag.collection.paths import Home


@click.command(
    "search",
    cls=Command,
    examples=(
        'tamngu search "giá cà phê" --languages vi,en --from 2025-01-01',
        'tamngu search "东帝汶加入东盟" --top-k 5 --json',
    ),
)
@request_options(SearchRequest)
@ranking_options(RANK)
@option(
    "--read/--no-read",
    heading=RANK,
    default=False,
    show_default=True,
    help="Also read the best passages together with the question; those that answer it come first.",
)
@option(
    "--include-duplicates",
    former=("--copies",),
    is_flag=True,
    heading=RANK,
    help="Show every copy of an article that appeared in several places.",
)
@collection_options
@model_option
@reader_option
@option("--explain", is_flag=True, heading=OUTPUT, help="Show the parts of each score.")
@json_option
def search_command(
    request: SearchRequest,
    home: Home | None,
    collection: str,
    model: str,
    reader: str,
    as_json: bool,
    explain: bool,
) -> None:
    """Find the best passages for a question in all languages.

    QUESTION may be in Vietnamese, Chinese or English; the passages may be in any of them. A single
    "-" reads the question from standard input.
    """
    if request.read and reader == NO_READER:
        raise click.UsageError("--read needs a reader. Leave out --reader none.")
    opened = open_collection(
        home,
        collection,
        model,
        reader,
        reads=request.read,
        question=None if request.language else request.question,
    )
    from rag.retrieval.search import search

    found = search(opened, request)
    opened.close()
    if as_json:
        print_json(found)
    else:
        print_hits(found.hits, explain=explain)
    if found.notice:
        echo(found.notice, err=True)
    elif not found.hits and not as_json:
        echo("No passage was found. Try again with fewer conditions.", err=True)

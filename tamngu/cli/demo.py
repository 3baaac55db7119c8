"""``tamngu demo``: the sample collection, one question in each language, then the service."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import click

from tamngu.cli.command import Command, option
from tamngu.cli.ingest import ingest_with_progress
from tamngu.cli.loading import load
from tamngu.cli.output import print_answer
from tamngu.cli.reader import ready_reader
from tamngu.cli.shared_options import home_option, reader_option
from tamngu.cli.terminal import echo

COLLECTION = "sample"

QUESTIONS = (
    "Vietnam Airlines thỏa thuận mua bao nhiêu chiếc Boeing nhân chuyến thăm của ông Biden?",
    "越南派往南苏丹维和特派团的第一批警察共有几人？",
    "How many recommendations did Viet Nam accept in the fourth Universal Periodic Review?",
)
"""Only an article in another language answers each of them."""


@click.command(cls=Command, examples=("tamngu demo", "tamngu demo --no-serve"))
@option(
    "--serve/--no-serve",
    default=True,
    show_default=True,
    help="Serve the web page afterwards, until Ctrl-C.",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=8000,
    show_default=True,
    help="Port of the web page. 0: any free port.",
)
@home_option
@reader_option
@click.pass_context
def demo(context: click.Context, serve: bool, port: int, home: Path | None, reader: str) -> None:
    """Try Tamngu with sample articles.

    Ingests the articles into the collection "sample", asks one question in each language, and
    serves the web page.
    """
    from embeddings.options import PACKAGED_MODEL
    from rag.answering.ask import ask
    from rag.collection.collection import Collection
    from rag.collection.paths import default_home
    from rag.readers import find_files
    from reading.load import NO_READER

    home = home or default_home()
    encoder, reads_with = load(PACKAGED_MODEL), ready_reader(reader)
    opened = Collection.open_or_create(home, COLLECTION, encoder, reads_with or NO_READER)
    with as_file(files("rag") / "sample") as folder:
        report = ingest_with_progress(opened, [(folder, file) for file in find_files(folder)])
    for rejection in report.rejected:
        raise click.ClickException(f"Install Tamngu again; a file is damaged: {rejection}")
    echo(
        f"The collection {COLLECTION!r} is in {home}: {report.added} articles added, "
        f"{report.unchanged} unchanged."
    )
    for question in QUESTIONS:
        echo(f"\n? {question}\n", bold=True)
        print_answer(ask(opened, question))
    opened.close()
    if serve:
        command = context.find_root().command
        service = (
            command.get_command(context, "serve") if isinstance(command, click.Group) else None
        )
        if service is None:
            raise click.ClickException("The service is not installed: pip install 'tamngu[server]'")
        context.invoke(service, home=home, collection=COLLECTION, reader=reader, port=port)

"""``tamngu mcp``, brought to the command line by an entry point."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command
from tamngu.cli.loading import chat_model, load
from tamngu.cli.reader import prepare_reader
from tamngu.cli.shared_options import (
    answer_options,
    collection_options,
    model_option,
    reader_option,
)

if TYPE_CHECKING:
    from rag.collection.paths import Home


@click.command("mcp", cls=Command, examples=("tamngu mcp --collection news",))
@collection_options
@model_option
@reader_option
@answer_options
def mcp(
    home: Home | None,
    collection: str,
    model: str,
    reader: str,
    abstain_below: float | None,
    chat: str | None,
) -> None:
    """Serve tools to a language model (Model Context Protocol).

    A program with a language model starts this command, and talks to it over standard input and
    output. Calls that name no collection use --collection. "tamngu serve" has the same tools at
    /mcp.
    """
    if find_spec("mcp") is None:
        raise click.ClickException(
            "The Model Context Protocol needs an extra: pip install 'tamngu[mcp]'."
        )
    import asyncio

    from api.app import create_app
    from api.mcp.server import mcp_server
    from api.service import Answering, Service
    from api.settings import read_settings
    from api.state import close
    from rag.collection.paths import default_home, ensure_collection
    from reading.load import ensure_known

    settings = read_settings()
    home = home or default_home()
    ensure_collection(home, collection)
    answering = Answering(abstain_below, chat_model(chat))
    # It is loaded at the first question, when only the program with the model would be told.
    ensure_known(reader)
    encoder = load(model)
    prepare_reader(reader)
    folder, cluster = (home, None) if isinstance(home, Path) else (default_home(), home)
    app = create_app(
        folder.absolute(), encoder, collection, answering, settings, reader=reader, cluster=cluster
    )

    service: Service = app.state.service
    try:
        asyncio.run(mcp_server(lambda: service, service.default).run_stdio_async())
    finally:
        # Only these were started. Jobs are run by servers.
        service.pool.close()
        service.collections.close()
        close(service.state)

"""``tamngu serve``, which an entry point adds to the command line."""

from __future__ import annotations

import contextlib
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command, option
from tamngu.cli.shared_options import (
    answer_options,
    cluster_option,
    local_collection_options,
    model_option,
    read_cluster,
    reader_option,
)

if TYPE_CHECKING:
    from rag.collection.paths import Home

NETWORK = "Network and processes"
"""Heading of the options that say where, and in how many processes, the service runs."""


@click.command(
    "serve",
    cls=Command,
    examples=(
        "tamngu serve --collection news",
        "tamngu serve --host 0.0.0.0 --port 80 --workers 4",
    ),
)
@option(
    "--host",
    metavar="ADDRESS",
    heading=NETWORK,
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; other addresses than this machine's own need an API key.",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    heading=NETWORK,
    default=8000,
    show_default=True,
    help="Port to listen on. 0: any free port.",
)
@option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="N",
    heading=NETWORK,
    default=1,
    show_default=True,
    help="Number of server processes; each loads its own models.",
)
@answer_options
@local_collection_options
@cluster_option
@model_option
@reader_option
def serve(
    home: Path | None,
    cluster: Path | None,
    collection: str,
    port: int,
    model: str,
    reader: str,
    host: str,
    abstain_below: float | None,
    chat: str | None,
    workers: int,
) -> None:
    """Serve the web page and the HTTP API.

    Requests that name no collection use --collection. Ctrl-C stops the service.
    """
    import uvicorn

    from api.auth.guard import is_loopback
    from api.server.connections import connection_settings
    from api.server.listening import bind, ensure_free, print_address
    from api.server.worker import GRACE_S, Worker, with_stop_signals
    from api.server.workers import serve_with_workers
    from rag.collection.paths import default_home, ensure_collection

    home = (home or default_home()).absolute()
    on = None if cluster is None else read_cluster(cluster)
    if not is_loopback(host):
        _ensure_keys(on or home, host)
    ensure_collection(on or home, collection)
    ensure_free(host, port)
    worker = Worker(home, collection, model, reader, abstain_below, chat, host, on)
    if workers > 1:
        serve_with_workers(workers, worker, port)
        return
    app = worker.app()
    listener = bind(host, port)
    print_address(host, listener)
    config = uvicorn.Config(
        partial(with_stop_signals, app),
        factory=True,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
        **connection_settings(),
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _ensure_keys(home: Home, host: str) -> None:
    from api.auth.store import KeyStore
    from api.state import opened_state

    with opened_state(home) as state, closing(KeyStore(state)) as keys:
        valid = [key for key in keys.list() if key.revoked_at is None]
    if not valid:
        raise click.UsageError(
            f"Anybody who reaches {host} could use the service. First create a key with "
            "'tamngu keys create NAME', or leave --host out."
        )

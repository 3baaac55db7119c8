"""``tamngu serve``, brought to the command line by an entry point."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

import click

from tamngu.cli.options import answer_options, collection_options, model_option


@click.command("serve")
@collection_options
@model_option
@answer_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Server processes, each with a model of its own.",
)
def serve(
    home: Path | None,
    collection: str,
    port: int,
    model: str,
    host: str,
    abstain_below: float,
    chat: str | None,
    workers: int,
) -> None:
    """Serve the web page and the API until Ctrl-C; --collection is the one asked by default."""
    import uvicorn

    from api.auth.guard import is_loopback
    from api.server.listening import bind, say_where
    from api.server.worker import LAST_S, Worker, announced
    from api.server.workers import serve_with
    from rag.collection.home import default_home, existing_directory

    home = (home or default_home()).absolute()
    if not is_loopback(host):
        _see_that_there_are_keys(home, host)
    existing_directory(home, collection)
    worker = Worker(home, collection, model, abstain_below, chat, host)
    if workers > 1:
        serve_with(workers, worker, port)
        return
    app = worker.app()
    listener = bind(host, port)
    say_where(host, listener)
    config = uvicorn.Config(
        partial(announced, app),
        factory=True,
        log_level="warning",
        # Or whoever is on this machine says which address is counted.
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_S,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _see_that_there_are_keys(home: Path, host: str) -> None:
    from api.auth.store import KeyStore

    keys = KeyStore(home)
    good = [key for key in keys.list() if key.revoked_at is None]
    keys.close()
    if not good:
        raise click.UsageError(
            f"Whoever reaches {host} could use the service: first make a key, with "
            "'tamngu keys create NAME', or leave --host out."
        )

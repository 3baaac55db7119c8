"""``tamngu serve``, brought to the command line by an entry point."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from rag.cli.options import answer_options, chat_model, collection_options, load, model_option

if TYPE_CHECKING:
    import uvicorn

_BACKLOG = 2048
"""Connections that wait to be accepted; uvicorn's own number."""


@click.command("serve")
@collection_options
@model_option
@answer_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve(
    home: Path | None,
    collection: str,
    port: int,
    model: str,
    host: str,
    abstain_below: float,
    chat: str | None,
) -> None:
    """Serve the web page and the API until Ctrl-C; --collection is the one asked by default."""
    import uvicorn

    from api.access import is_loopback
    from api.app import create_app
    from api.service import Answering
    from api.settings import read_settings
    from rag.home import default_home, existing_directory
    from rag.language import identify

    settings = read_settings()
    home = home or default_home()
    if not is_loopback(host):
        _see_that_there_are_keys(home, host)
    existing_directory(home, collection)
    if settings.log_requests:
        _write_log()
    encoder = load(model)
    answering = Answering(abstain_below, chat_model(chat))
    app = create_app(home, encoder, collection, answering, settings, listens_at=host)
    # What is read at first use is read now, not while the first person waits.
    identify("Tamngu")
    encoder.encode_questions(["Tamngu"])
    listener = _bind(host, port)
    address = f"[{host}]" if ":" in host else host
    click.echo(f"Serving http://{address}:{listener.getsockname()[1]}  (Ctrl-C ends it)")
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
    with contextlib.suppress(KeyboardInterrupt):
        _server(config, app.state.service.jobs.announce_stop).run(sockets=[listener])


def _server(config: uvicorn.Config, on_stop: Callable[[], object]) -> uvicorn.Server:
    """Return a server that says so before it waits for requests to end: streams end then."""
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            on_stop()
            super().handle_exit(sig, frame)

    return Server(config)


def _write_log() -> None:
    """Have the lines of requests written to standard error."""
    import logging

    log = logging.getLogger("tamngu.api")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)


def _see_that_there_are_keys(home: Path, host: str) -> None:
    from api.keys import KeyStore

    keys = KeyStore(home)
    good = [key for key in keys.list() if key.revoked_at is None]
    keys.close()
    if not good:
        raise click.UsageError(
            f"Whoever reaches {host} could use the service: first make a key, with "
            "'tamngu keys create NAME', or leave --host out."
        )


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Who reads the address may connect at once.
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise click.ClickException(
            f"Cannot listen at port {port}: {error.strerror}. "
            "Choose another with --port (make demo PORT=...)."
        ) from error
    return bound

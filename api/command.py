"""``tamngu serve``, brought to the command line by an entry point."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import click

from rag.cli.options import answer_options, chat_model, collection_options, load, model_option

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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

    from api.app import create_app
    from api.service import Answering
    from api.settings import read_settings
    from rag.home import default_home, existing_directory
    from rag.language import identify

    if host not in _LOOPBACK:
        raise click.UsageError(
            "The service has no keys yet, so it listens on this machine only: leave --host out."
        )
    settings = read_settings()
    home = home or default_home()
    existing_directory(home, collection)
    encoder = load(model)
    answering = Answering(abstain_below, chat_model(chat))
    app = create_app(home, encoder, collection, answering, settings)
    # What is read at first use is read now, not while the first person waits.
    identify("Tamngu")
    encoder.encode_questions(["Tamngu"])
    listener = _bind(host, port)
    address = f"[{host}]" if ":" in host else host
    click.echo(f"Serving http://{address}:{listener.getsockname()[1]}  (Ctrl-C ends it)")
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise click.ClickException(
            f"Cannot listen at port {port}: {error.strerror}. "
            "Choose another with --port (make demo PORT=...)."
        ) from error
    return bound

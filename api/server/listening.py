"""The address that the service listens at."""

from __future__ import annotations

import socket

import click

_BACKLOG = 2048
"""Connections that wait to be accepted; uvicorn's own number."""


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: address.
        port: 0: any that is free.
        shared: whether other sockets may listen there too; the system spreads connections over
            them.

    Raises:
        ClickException: that cannot be listened at.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: asyncio sends answers at once (TCP_NODELAY) on such sockets only, and
    # else each waits up to 40 ms for the client's system to acknowledge its head.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
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


def say_where(host: str, listener: socket.socket) -> None:
    """Print the address, which scripts read."""
    address = f"[{host}]" if ":" in host else host
    click.echo(f"Serving http://{address}:{listener.getsockname()[1]}  (Ctrl-C ends it)")

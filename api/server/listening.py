"""The address that the service listens at."""

from __future__ import annotations

import errno
import socket

import click

_BACKLOG = 2048
"""Connections that may wait to be accepted; the default of uvicorn."""


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: address.
        port: 0: any free port.
        shared: whether other sockets may listen there too; the system then distributes connections
            over all of them.

    Raises:
        ClickException: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets whose protocol is named. Without it, the body of each
    # response waits up to 40 ms until the client's system has acknowledged the headers.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
        # A program that reads the printed address may connect at once.
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise click.ClickException(
                f"Cannot listen at {host}: it is no address of this machine. "
                "Choose another with --host, such as 127.0.0.1, or 0.0.0.0 for all of them."
            ) from error
        raise click.ClickException(
            f"Cannot listen at port {port}: {error.strerror}. "
            "Choose another with --port (make demo PORT=...)."
        ) from error
    return bound


def ensure_free(host: str, port: int) -> None:
    """Return if the service can listen at an address; asked before its models are loaded.

    Raises:
        ClickException: the address cannot be used.
    """
    if port:
        bind(host, port).close()


def print_address(host: str, listener: socket.socket) -> None:
    """Print the address of the service; scripts read this line."""
    address = f"[{host}]" if ":" in host else host
    click.echo(f"Serving http://{address}:{listener.getsockname()[1]}  (Ctrl-C ends it)")

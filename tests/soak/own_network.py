"""A network of its own for a program that starts servers which listen at every address."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys

import click

_ENTERED = "TAMNGU_OWN_NETWORK"
"""Set for the program that runs in its own network."""

_SET_FLAGS = 0x8914
_IS_UP = 0x1
"""``SIOCSIFFLAGS`` and ``IFF_UP`` of Linux."""


def enter_own_network(module: str) -> None:
    """Go on as ``python -m MODULE`` in a network that has nothing but 127.0.0.1.

    All processes that it starts end with it, also if it is killed.

    Args:
        module: that calls this; it is started once more, with the same words.

    Raises:
        click.ClickException: the system does not allow it.
    """
    if _ENTERED not in os.environ:
        if os.geteuid() != 0:
            raise click.ClickException("Run it as root: it needs a network of its own.")
        words = ("--net", "--pid", "--fork", "--mount-proc", "--kill-child")
        again = (sys.executable, "-m", module, *sys.argv[1:])
        os.environ[_ENTERED] = "1"
        os.execvp("unshare", ["unshare", *words, *again])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _IS_UP))

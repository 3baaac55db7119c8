"""A process of ``tamngu serve``, started to be measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from eval.bench.errors import BenchFailed
from eval.bench.place import Place

_STOP_S = 30
"""Seconds that the server has to end."""

_READY_S = 120
"""Seconds that the server has to become ready."""

_TICK_S = 0.02
"""Seconds between two looks whether the server is ready."""


@dataclass(frozen=True)
class ServerProcess:
    """A running server.

    Attributes:
        address: of its web app and API.
        pid: of its process.
    """

    address: str
    pid: int


@contextmanager
def serving(place: Place, name: str, workers: int = 1) -> Iterator[ServerProcess]:
    """Run the service on any free port, and end it afterwards.

    Args:
        place: of the collections.
        name: of the default collection.
        workers: number of server processes.

    Raises:
        BenchFailed: the service does not start.
    """
    module = "eval.bench.service.server_process"
    words = [sys.executable, "-m", module, *place.words, name, str(workers)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("Serving "):
            raise BenchFailed("The service did not start; the reason is printed above.")
        yield ServerProcess(line.split()[1], server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout is not None:
            server.stdout.close()


def wait_until_ready(client: httpx.Client) -> None:
    """Wait until the server says that it can be asked.

    Raises:
        BenchFailed: it does not say so in time.
    """
    ends = time.monotonic() + _READY_S
    while time.monotonic() < ends:
        try:
            if client.get("/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(_TICK_S)
    raise BenchFailed("The service did not become ready.")


def _serve(option: str, place: str, name: str, workers: str) -> None:
    """Run the service; the server process does this."""
    from tamngu.cli.main import main

    if option == "--home":
        # For a service, a cluster comes before a folder, which it needs in either case.
        os.environ.pop("TAMNGU_CLUSTER", None)
    main(["serve", option, place, "-c", name, "--port", "0", "--workers", workers])


if __name__ == "__main__":
    _serve(*sys.argv[1:])

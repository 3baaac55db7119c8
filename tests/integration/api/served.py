"""A server process over a home, for the tests of what speaks to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import httpx

from tests.waiting import PATIENCE_S

TAMNGU = Path(sys.executable).with_name("tamngu")


@contextmanager
def serving(home: Path, options: Sequence[str] = (), **settings: object) -> Iterator[str]:
    """Serve the collection ``sample`` of a home, and yield the address.

    Args:
        home: of the collection.
        options: of the command.
        settings: as in Settings.
    """
    named = {f"TAMNGU_SERVE_{name.upper()}": str(value) for name, value in settings.items()}
    env = {**os.environ, **named}
    words: list[str | Path] = [
        TAMNGU,
        "serve",
        "-c",
        "sample",
        "--home",
        home,
        "--port",
        "0",
        *options,
    ]
    with subprocess.Popen(words, stdout=PIPE, stderr=PIPE, text=True, env=env) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, (line, server.stderr and server.stderr.read())
            _wait_for(found[0])
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=PATIENCE_S)
    assert server.returncode == 0


def _wait_for(address: str) -> None:
    """Wait until somebody listens: the address is printed a moment before."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=PATIENCE_S) as client:
        assert client.get(f"{address}/healthz").status_code == 200


def make_key(home: Path, *options: str) -> str:
    words: list[str | Path] = [TAMNGU, "keys", "create", "test", "--home", home, *options]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

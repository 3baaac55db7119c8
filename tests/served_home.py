"""A process of ``tamngu serve`` on a home of its own, for programs that measure it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path

import httpx

from api.auth.store import KeyStore
from api.state import opened_state
from rag.cluster.cluster import Cluster
from tests.process_tree import descendants, resident_mb
from tests.waiting import PATIENCE_S

TAMNGU = (sys.executable, "-c", "from tamngu.cli import run; run()")
"""How a program starts the command line."""

_TICK_S = 0.02

_REQUEST_S = 600.0
"""Seconds that an answer is waited for. What is measured is how long it takes, however long."""


def make_home(home: Path, collection: str, options: Sequence[str] = ()) -> None:
    """Ingest the sample articles into a collection of a home, or of what the options name."""
    with as_file(files("rag") / "sample") as folder:
        words = ("ingest", str(folder), "--home", str(home), "-c", collection, "--json", *options)
        subprocess.run([*TAMNGU, *words], check=True, stdout=subprocess.DEVNULL)


def end_on_sigterm() -> None:
    """Let SIGTERM end this program as Ctrl-C does, so that it ends the server that it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def make_keys(home: Path, count: int) -> list[str]:
    """Return the secrets of new keys that may do everything."""
    store = KeyStore(home)
    secrets = [store.create("measuring", ["admin"], None)[1] for _ in range(count)]
    store.close()
    return secrets


def make_cluster_key(file: Path) -> str:
    """Return the secret of a new key of a cluster that may do everything."""
    with opened_state(Cluster.read(file)) as state, closing(KeyStore(state)) as keys:
        return keys.create("measuring", ["admin"])[1]


class ServedHome:
    """A server process and a client of it; it is ready as soon as this is made.

    Attributes:
        pid: of the server process.
        client: asks the server, with the key if there is one.
        ready_s: seconds from the start of the process until it was ready.
    """

    def __init__(
        self, home: Path, collection: str, key: str | None = None, options: Sequence[str] = ()
    ) -> None:
        """Start the server.

        Args:
            home: its folder.
            collection: of the home.
            key: sent with each request.
            options: further ones of ``serve``.

        Raises:
            RuntimeError: it does not become ready.
        """
        begun = time.monotonic()
        words = ("serve", "--home", str(home), "-c", collection, "--port", "0", *options)
        self._process = subprocess.Popen([*TAMNGU, *words], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", self._process.stdout.readline())
        if found is None:
            raise RuntimeError("The server does not start; the reason is printed above.")
        self.pid = self._process.pid
        self.address = found[0]
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        # A server closes a connection that was quiet for seconds, so each request has a new one.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(
            base_url=self.address, headers=headers, timeout=_REQUEST_S, limits=fresh
        )
        self._wait_until_ready()
        self.ready_s = time.monotonic() - begun

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends and self.runs:
            try:
                if self.client.get("/readyz").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(_TICK_S)
        self.kill()
        raise RuntimeError("The server does not become ready.")

    @property
    def runs(self) -> bool:
        """Whether the server process has not ended."""
        return self._process.poll() is None

    def terminate(self) -> float:
        """Send SIGTERM; return the seconds until the server and its readers have ended.

        Raises:
            RuntimeError: one of them does not end.
        """
        self.client.close()
        others = list(descendants(self.pid))
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._end()
        while any(map(resident_mb, others)):
            if time.monotonic() - begun > PATIENCE_S:
                raise RuntimeError("A reader does not end.")
            time.sleep(_TICK_S)
        return time.monotonic() - begun

    def kill(self) -> None:
        """Kill the server as the system does when no memory is left."""
        self.client.close()
        self._process.kill()
        self._end()

    def _end(self) -> None:
        try:
            self._process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

"""A Ray of one node for tests; it ends with the block."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.cluster_parts import free_port, installed
from tests.process_tree import descendants
from tests.waiting import PATIENCE_S

_RAY = ("ray==2.60.0", "pyarrow==26.0.1", "msgpack==1.2.4")

_OBJECTS_BYTES = 200_000_000

_WORKER = b"ray::MapWorker(MapBatches(Store))"
"""How Ray names a process that encodes and stores, with what it does at the moment behind it."""


@dataclass(frozen=True)
class RayNode:
    """A running Ray.

    Attributes:
        pid: of the process that started all others.
        address: where it is reached.
        environment: variables with which a command can use it.
    """

    pid: int
    address: str
    environment: Mapping[str, str]

    def workers(self) -> list[int]:
        """Return the processes that encode and store articles."""
        return [pid for pid in descendants(self.pid) if _command(pid).startswith(_WORKER)]


@contextmanager
def ray_node(processors: int = 2) -> Iterator[RayNode]:
    """Start Ray, without its dashboard; skip the test where it cannot be installed."""
    places = [str(Path(__file__).resolve().parents[1])]
    if find_spec("ray") is None:
        places.append(str(installed(*_RAY)))
    environment = {"PYTHONPATH": os.pathsep.join(places)}
    # Its sockets lie there, and their paths may not be long.
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    port = free_port()
    words = (
        *("start", "--head", "--block", "--include-dashboard=false", "--disable-usage-stats"),
        *("--node-ip-address=127.0.0.1", f"--port={port}", f"--temp-dir={folder}"),
        *(f"--num-cpus={processors}", f"--object-store-memory={_OBJECTS_BYTES}"),
        f"--ray-client-server-port={free_port()}",
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", *words],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        ends = time.monotonic() + PATIENCE_S
        while not _listens(port):
            runs = process.poll() is None and time.monotonic() < ends
            assert runs, (folder / "log").read_text()
            time.sleep(0.05)
        yield RayNode(process.pid, f"127.0.0.1:{port}", environment)
    finally:
        others = list(descendants(process.pid))
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        for pid in (process.pid, *others):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

"""Several server processes at one address."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from contextlib import suppress

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api.server.connections import connection_settings
from api.server.listening import bind, print_address
from api.server.worker import GRACE_S, Worker
from api.settings import read_settings
from embeddings.load import is_prepared
from tamngu.cli.loading import chat_model, load
from tamngu.cli.reader import prepare_reader

_HEALTH_TIMEOUT_S = 60
"""Seconds without an answer after which a process counts as dead.

A process that starts cannot answer yet, and on a cold machine its start takes long.
"""

_POLL_S = 0.2
"""Seconds between two looks whether a process has died or a signal has arrived."""


class _Supervisor(Multiprocess):
    """Starts server processes, each with its own socket, and replaces those that die.

    With one shared socket, the process that wakes up first accepts all connections that wait. When
    32 clients connected at once, the other process often got none. A process that replaces a dead
    one listens at all sockets. The number of processes never changes.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        """Supervise as many processes as the configuration says."""
        super().__init__(config, sockets)
        self._has_served = False

    def keep_subprocess_alive(self) -> None:
        """Replace processes that have died; give up if no process could ever start."""
        for number, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._is_healthy(process):
                continue
            process.kill()
            process.join()
            mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
            if process.exitcode == STARTUP_FAILURE and not self._has_served:
                self.should_exit.set()
                return
            replacement = Process(self.config, self.sockets)
            replacement.start()
            self.processes[number] = replacement

    def _is_healthy(self, process: Process) -> bool:
        """Tell whether a process answers; a dead process is noticed without waiting."""
        ends = time.monotonic() + _HEALTH_TIMEOUT_S
        with suppress(OSError, EOFError):
            process.parent_conn.send(b"ping")
            while process.process.is_alive() and time.monotonic() < ends:
                if process.parent_conn.poll(_POLL_S):
                    self._has_served = bool(process.parent_conn.recv()) or self._has_served
                    return True
                if self.signal_queue:
                    return True
        return False

    def handle_ttin(self) -> None:
        """Ignore the signal that adds a process, because each socket has one process."""

    def handle_ttou(self) -> None:
        """Ignore the signal that removes a process."""

    def handle_hup(self) -> None:
        """Ignore the signal that reloads, because settings are read when the service starts."""

    def init_processes(self) -> None:
        """Start all processes."""
        for number in range(self.processes_num):
            process = Process(self.config, self.sockets[number :: self.processes_num])
            process.start()
            self.processes.append(process)


def serve_with_workers(workers: int, worker: Worker, port: int) -> None:
    """Serve with several processes until a signal ends them; a process that dies is replaced.

    Raises:
        TamnguError: a setting is not allowed, or a model cannot be prepared.
        SystemExit: 1, a process could not start; it has printed why.
    """
    # Read here as well, so that an error is printed once and not by each process.
    read_settings()
    chat_model(worker.chat)
    if not is_prepared(worker.model):
        load(worker.model)
    prepare_reader(worker.reader)
    # All processes together use each core once, unless the user has set these variables.
    share = str(max(1, (os.cpu_count() or 1) // workers))
    for variable in ("OMP_NUM_THREADS", "TAMNGU_THREADS"):
        os.environ.setdefault(variable, share)
    listeners = _listeners(workers, worker.host, port)
    print_address(worker.host, listeners[0])
    config = uvicorn.Config(
        worker,
        factory=True,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
        **connection_settings(),
    )
    with tempfile.TemporaryDirectory() as metrics:
        # The processes share their metrics here (multiprocess mode of prometheus_client).
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        supervisor = _Supervisor(config, listeners)
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(1)


def _listeners(workers: int, host: str, port: int) -> list[socket.socket]:
    """Return a socket for each process, all at one address.

    On systems without SO_REUSEPORT, all processes share one socket.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        one = bind(host, port)
        return [one] * workers
    # A socket that is not shared comes first, because it fails if another server uses the port.
    probe = bind(host, port)
    port = probe.getsockname()[1]
    probe.close()
    return [bind(host, port, shared=True) for _ in range(workers)]

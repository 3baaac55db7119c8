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

from api.server.listening import bind, say_where
from api.server.worker import LAST_S, Worker
from api.settings import read_settings
from embeddings.load import is_prepared
from tamngu.cli.options import chat_model, load

_HEALTHY_S = 60
"""Seconds after which a process that says nothing is taken for dead; a cold machine takes its time
to start one."""

_STEP_S = 0.2
"""Seconds between looks whether it has died, or a signal has come."""


class _Spread(Multiprocess):
    """Gives each process a socket of its own, where there are several.

    Of one socket the process that wakes up first takes all connections that wait, and keeps them:
    of 32 clients that came at once, the other process often got none. A process that takes the
    place of one that died listens at all. Their number stays as it is.
    """

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        """Supervise so many processes as the configuration says."""
        super().__init__(config, sockets)
        self._has_served = False

    def keep_subprocess_alive(self) -> None:
        """Start processes anew that have died; give up only where none could ever serve."""
        for number, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._answers(process):
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

    def _answers(self, process: Process) -> bool:
        """Tell whether a process says that it is well; not waiting for one that is dead."""
        ends = time.monotonic() + _HEALTHY_S
        with suppress(OSError, EOFError):
            process.parent_conn.send(b"ping")
            while process.process.is_alive() and time.monotonic() < ends:
                if process.parent_conn.poll(_STEP_S):
                    self._has_served = bool(process.parent_conn.recv()) or self._has_served
                    return True
                if self.signal_queue:
                    return True
        return False

    def handle_ttin(self) -> None:
        """Leave the processes as many as they are: each socket has one."""

    def handle_ttou(self) -> None:
        """Leave the processes as many as they are."""

    def handle_hup(self) -> None:
        """Leave the processes as they are: settings are read when the service is started."""

    def init_processes(self) -> None:
        """Start all processes."""
        for number in range(self.processes_num):
            process = Process(self.config, self.sockets[number :: self.processes_num])
            process.start()
            self.processes.append(process)


def serve_with(workers: int, worker: Worker, port: int) -> None:
    """Serve until a signal ends it; a process that dies is started anew.

    Raises:
        TamnguError: settings or model cannot be.
        SystemExit: 1, a process could not start; it has said why.
    """
    # What is wrong with these is said once, here.
    read_settings()
    chat_model(worker.chat)
    if not is_prepared(worker.model):
        load(worker.model)
    # Together they are to use the machine's cores once; who sets these knows better.
    share = str(max(1, (os.cpu_count() or 1) // workers))
    for variable in ("OMP_NUM_THREADS", "TAMNGU_THREADS"):
        os.environ.setdefault(variable, share)
    listeners = _listeners(workers, worker.host, port)
    say_where(worker.host, listeners[0])
    config = uvicorn.Config(
        worker,
        factory=True,
        workers=workers,
        log_level="warning",
        # Or whoever is on this machine says which address is counted.
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_S,
    )
    with tempfile.TemporaryDirectory() as figures:
        # Where the processes' figures meet (prometheus_client's multiprocess mode).
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
        supervisor = _Spread(config, listeners)
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(1)


def _listeners(workers: int, host: str, port: int) -> list[socket.socket]:
    """Return a socket for each process, all at one address; one for all where systems have none."""
    if not hasattr(socket, "SO_REUSEPORT"):
        one = bind(host, port)
        return [one] * workers
    # Without sharing first: what listens there already is to be noticed.
    probe = bind(host, port)
    port = probe.getsockname()[1]
    probe.close()
    return [bind(host, port, shared=True) for _ in range(workers)]

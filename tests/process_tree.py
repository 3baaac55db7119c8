"""What processes and those that they have started hold; the system says it below ``/proc``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that these have started."""
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def proportional_mb(pid: int) -> float:
    """Return the memory of a process, in which what several share counts once; 0 if it has none."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss") / 1024


def proportional_anonymous_mb(pid: int) -> float:
    """Return that part of :func:`proportional_mb` that is no file's; 0 if it has ended."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss_Anon") / 1024


def resident_mb(pid: int) -> float:
    """Return the memory of a process, with all that it shares; 0 if it has ended.

    It is read faster than what :func:`proportional_mb` returns, and halts nothing meanwhile.
    """
    return _kilobytes(f"/proc/{pid}/status", "VmRSS") / 1024


def anonymous_mb(pid: int) -> float:
    """Return the memory of a process that is no file's; 0 if it has ended.

    The system keeps as much of mapped files in memory as there is room for, so they say little.
    """
    return _kilobytes(f"/proc/{pid}/status", "RssAnon") / 1024


def threads(pid: int) -> int:
    """Return how many threads a process has; 0 if it has ended."""
    return len(list(Path(f"/proc/{pid}/task").glob("*")))


def handles(pid: int) -> int:
    """Return how many files, sockets and pipes a process has open; 0 if it has ended."""
    return len(list(Path(f"/proc/{pid}/fd").glob("*")))


def computed_s(pid: int) -> float:
    """Return the seconds of computing that a process has had, in all its threads; 0 if it ended."""
    try:
        stated = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    # The name of the program, which comes second, may have spaces in it.
    user, system = stated.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def queued_s(thread: str) -> float:
    """Return the seconds that a thread could have run and had no processor; 0 if that is unknown.

    Args:
        thread: the name of its folder in ``/proc``; that of a process means its first thread.
    """
    try:
        return int(Path(f"/proc/{thread}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def _kilobytes(file: str, name: str) -> int:
    try:
        stated = Path(file).read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", stated, re.MULTILINE)
    return int(found[1]) if found else 0

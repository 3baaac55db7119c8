"""Computing time of other processes."""

from __future__ import annotations

import os
from pathlib import Path


def computing_s(pid: int) -> float | None:
    """Return the seconds that a process and its children have computed, None without /proc."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        lines = [Path(f"/proc/{each}/stat").read_text() for each in (pid, *children)]
    except OSError:
        return None
    # The name of the program, in brackets, may hold spaces. User and system time are 12 fields on.
    fields = [line.rpartition(")")[2].split() for line in lines]
    ticks = sum(int(each[11]) + int(each[12]) for each in fields)
    return float(ticks / os.sysconf("SC_CLK_TCK"))

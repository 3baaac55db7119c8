"""Memory that processes hold, in MB (2**20 bytes)."""

from __future__ import annotations

from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident_mb() -> float:
    """Return this process's resident memory; without /proc, the largest so far."""
    try:
        return _kilobytes(_STATUS.read_text(encoding="ascii"), "VmRSS") / 1024
    except OSError:
        return _largest_resident_mb()


def peak_resident_mb() -> float:
    """Return this process's largest resident memory so far."""
    try:
        return _kilobytes(_STATUS.read_text(encoding="ascii"), "VmHWM") / 1024
    except OSError:
        # Not used on Linux, where the value starts at that of the parent process.
        return _largest_resident_mb()


def anonymous_mb(pid: int) -> int | None:
    """Return the anonymous memory of a process and its children, None without /proc.

    Mapped files are not counted, because the system keeps as much of them in memory as fits.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        texts = [Path(f"/proc/{each}/status").read_text() for each in (pid, *children)]
    except OSError:
        return None
    return sum(_kilobytes(text, "RssAnon") for text in texts) // 2**10


def _kilobytes(status: str, name: str) -> int:
    """Return the value of a line such as ``VmRSS:  1234 kB``; 0 if there is no such line."""
    lines = (line.split() for line in status.splitlines() if line.startswith(name))
    return next((int(words[1]) for words in lines), 0)


def _largest_resident_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

"""Who holds a lock and since when, for those who wait for it.

The operating system does not say who holds a file's lock, so the holder writes it into a file
beside the lock. Only the lock itself counts: what a process that was killed has left is not shown.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from rag.catalog.private_files import FILE_MODE

_LONGEST = 1000
"""Bytes that are read of the file."""


@contextmanager
def noted_as_holder(path: Path) -> Iterator[None]:
    """Note this process in a file inside the block; the caller holds the lock.

    The file stays, empty, and may be moved inside the block. Where it cannot be written, nothing is
    noted.
    """
    noted = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps(noted).encode())
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(handle, 0)
        os.close(handle)


def holder(path: Path) -> str:
    """Return which other process holds a lock, in brackets after a space; empty if not known.

    >>> holder(Path("no such file"))
    ''
    """
    try:
        with path.open("rb") as file:
            noted = json.loads(file.read(_LONGEST))
        process, host = int(noted["process"]), str(noted["host"])
        since = datetime.fromisoformat(noted["since"]).astimezone()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        # Anybody who may write the folder may have written anything.
        return ""
    when = f"since {since:%Y-%m-%d %H:%M:%S}"
    if host != socket.gethostname():
        return f" (process {process} of {host!r}, {when})"
    # A thread of this process is known to whoever started it.
    if process == os.getpid() or not _is_alive(process):
        return ""
    stopped = f"; it is stopped, kill -CONT {process} continues it" if _is_stopped(process) else ""
    return f" (process {process}, {when}{stopped})"


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # A process of another user.
        return True
    return True


def _is_stopped(process: int) -> bool:
    """Return whether a process was stopped by a signal, as far as the system shows it."""
    try:
        status = Path("/proc", str(process), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # The name in brackets may hold anything, also brackets.
    return status.rpartition(")")[2].split()[:1] == ["T"]

"""What a reading process may not do, as far as the operating system can forbid it.

Everywhere: write to files, leave a core file, open many files. On Linux: outlive its parent, and
reach a network, where the system lets a process give that up. With the package landlockpy
(``pip install "tamngu[confined]"``) and a kernel that has Landlock: create, change or remove files,
run programs, and signal other processes.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_MAX_FILES = 64
"""Open files of a reading process."""

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
"""Flags of unshare(2)."""

_PR_SET_PDEATHSIG = 1
"""An option of prctl(2)."""


def confine() -> list[str]:
    """Give up, for this process and its future children, what no reader needs.

    Call it while the process has one thread.

    Returns:
        What the system enforces: ``network``, ``files``; for tests and for people who ask.
    """
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MAX_FILES),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    return [*(["network"] if _without_network() else []), *(["files"] if _read_only() else [])]


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends, even while it parses.

    Args:
        parent: its process id.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        # It ended before the kernel knew.
        os._exit(1)


def _without_network() -> bool:
    """Move to a namespace without a network; containers and some systems do not allow it."""
    if sys.platform != "linux":
        return False
    # An ordinary user needs a namespace of users for that. For root it would be one too many: root
    # could then read only its own files.
    flags = _CLONE_NEWNET | (0 if os.geteuid() == 0 else _CLONE_NEWUSER)
    return bool(ctypes.CDLL(None).unshare(flags) == 0)


def _read_only() -> bool:
    try:
        from landlockpy import AccessFS, LandlockError, Ruleset, Scope
    except ImportError:
        return False
    try:
        with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
            rules.allow_path("/", AccessFS.READ_FILE | AccessFS.READ_DIR)
            # Standard streams of a reading process.
            rules.allow_path(os.devnull, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
            rules.restrict()
    except (LandlockError, OSError):
        # The kernel has no Landlock.
        return False
    return True

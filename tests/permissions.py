"""Permissions of files that hold in tests too when the tests run as root."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_VERSION_3 = 0x20080522
_IGNORES_PERMISSIONS = 0b1110
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER, as bits (capabilities(7))."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple(
        (f"{name}_{half}", ctypes.c_uint32)
        for half in ("low", "high")
        for name in ("effective", "permitted", "inheritable")
    )


@contextmanager
def held_to_permissions() -> Iterator[None]:
    """Let this thread, and the threads that it starts, use only what the permissions allow."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root ignores permissions on this system")
    header, sets = _Header(_VERSION_3, 0), _Sets()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capget(ctypes.byref(header), ctypes.byref(sets)) == 0
    before: int = sets.effective_low
    sets.effective_low = before & ~_IGNORES_PERMISSIONS
    assert libc.capset(ctypes.byref(header), ctypes.byref(sets)) == 0
    try:
        yield
    finally:
        sets.effective_low = before
        assert libc.capset(ctypes.byref(header), ctypes.byref(sets)) == 0


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write a folder or what is in it inside the block."""
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~0o222)
    try:
        with held_to_permissions():
            yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def mode_of(path: Path) -> int:
    """Return the permissions of a file or folder, such as 0o600."""
    return path.stat().st_mode & 0o777

"""Programs that run with hardly any memory left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S

_LIMIT = """
import resource
def leave(spare):
    pages = int(open("/proc/self/statm").read().split()[0])
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + spare, hard))
def enough():
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
"""

needs_limits = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the system does not say what is in use"
)


def run_limited(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program in Python; in it ``leave(bytes)`` limits memory, and ``enough()`` ends that."""
    return subprocess.run(
        [sys.executable, "-c", _LIMIT + program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )

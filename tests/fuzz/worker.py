"""A process that fuzzes one target for some time, and keeps what it finds.

``python -m tests.fuzz.worker TARGET SEED SECONDS FOLDER``; :mod:`tests.fuzz.__main__` starts it.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.fuzz.loop import MOST_CPU_S, Finding, Loop
from tests.fuzz.targets import TARGETS

PRESENT = "present"
"""The file that holds the input that is being read, for the case that it ends the process."""

FIGURES = "figures.json"
"""The file of what was done."""

_MOST_MEMORY = 6 * 2**30
"""Bytes of address space; with more, an input would stop other programs. Chosen manually."""


def main(name: str, seed: int, seconds: float, folder: Path) -> None:
    """Fuzz a target.

    Args:
        name: of the target.
        seed: of chance.
        seconds: for which it is fuzzed, at least one input.
        folder: for the findings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _limit_memory()
    loop = Loop(TARGETS[name], seed)
    ends = time.monotonic() + seconds
    began_cpu_s = time.process_time()
    known: set[str] = set()
    present = folder / PRESENT
    while True:
        data = loop.next_input()
        present.write_bytes(data)
        _limit_cpu()
        finding = loop.given(data)
        if finding is not None and finding.kind not in known:
            known.add(finding.kind)
            keep(loop.smaller(finding), folder)
        is_over = time.monotonic() > ends
        if is_over or loop.executions % 50 == 1:
            figures = {
                "executions": loop.executions,
                "cpu_s": round(time.process_time() - began_cpu_s, 1),
                "findings": sorted(known),
            }
            (folder / FIGURES).write_text(json.dumps(figures))
        if is_over:
            break
    present.unlink()
    loop.close()


def keep(finding: Finding, folder: Path) -> Path:
    """Write a finding: its input, and beside it what is wrong."""
    name = hashlib.sha256(finding.data).hexdigest()[:12]
    file = folder / f"{name}.input"
    file.write_bytes(finding.data)
    file.with_suffix(".txt").write_text(f"{finding.target}\n{finding.kind}\n{finding.what}\n")
    return file


def _limit_memory() -> None:
    with suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, hard))


def _limit_cpu() -> None:
    """Let the kernel end this process if the next input takes far more than it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(time.process_time() + 6 * MOST_CPU_S) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))

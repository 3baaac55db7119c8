"""Runs the fuzzer: ``python -m tests.fuzz --minutes 10 --seed 1``.

Each target is fuzzed in a process of its own, one after the other. What is found is written to a
folder: the input, and beside it the target and what is wrong. Exit code 1 says that something was
found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.loop import Finding, Loop
from tests.fuzz.targets import TARGETS
from tests.fuzz.worker import FIGURES, PRESENT, keep

_PATIENCE = 3
"""How many times its time a process may take before it counts as one that stands still. Chosen
manually: making a service takes a minute on a slow machine."""

_START_S = 600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", choices=TARGETS, help="may be repeated")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--input", type=Path, help="give the target this file only")
    asked = parser.parse_args(arguments)
    names = asked.target or list(TARGETS)
    if asked.input:
        return _replay(names[0], asked.input.read_bytes())
    found = 0
    for name in names:
        found += _fuzz(name, asked.seed, asked.minutes * 60 / len(names), asked.out)
    return 1 if found else 0


def _replay(name: str, data: bytes) -> int:
    finding = Loop(TARGETS[name], 0).given(data)
    _say(finding.what if finding else "Nothing is wrong.")
    return 1 if finding else 0


def _fuzz(name: str, seed: int, seconds: float, out: Path) -> int:
    """Fuzz a target; a process that ends before its time is followed by another one."""
    folder = out / name.replace(" ", "-") / str(seed)
    ends = time.monotonic() + seconds
    executions, cpu_s, kinds = 0, 0.0, set[str]()
    turn = 0
    while turn == 0 or time.monotonic() < ends:
        left = max(ends - time.monotonic(), 1)
        ended = _run(name, seed + 1000 * turn, left, folder)
        figures = json.loads((folder / FIGURES).read_text()) if (folder / FIGURES).exists() else {}
        executions += figures.get("executions", 0)
        cpu_s += figures.get("cpu_s", 0)
        kinds |= set(figures.get("findings", ()))
        if ended is not None and (folder / PRESENT).exists():
            kinds.add(ended)
            keep(Finding(name, (folder / PRESENT).read_bytes(), ended, ended), folder)
        turn += 1
    _say(f"{name:20} {executions:8,} executions {cpu_s:7.1f} CPU s {len(kinds):3} findings")
    return len(kinds)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(name: str, seed: int, seconds: float, folder: Path) -> str | None:
    """Run a process; return how it ended before its time, None if it did not."""
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.worker",
        name,
        str(seed),
        str(seconds),
        str(folder),
    ]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TAMNGU_THREADS": "1"}
    for file in (FIGURES, PRESENT):
        (folder / file).unlink(missing_ok=True)
    try:
        ended = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=_PATIENCE * seconds + _START_S
        )
    except subprocess.TimeoutExpired:
        return "it stands still"
    if ended.returncode == 0:
        return None
    return f"the process ended with {ended.returncode}: {ended.stderr[-2000:]}"


if __name__ == "__main__":
    sys.exit(main())

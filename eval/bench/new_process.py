"""Run a part of a measurement in a new Python process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from eval.bench.errors import BenchFailed


def output_of(task: str, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run Python in a new process and return what it prints.

    If this process is interrupted, the new one has ended before the interruption goes on.

    Args:
        task: what the process does, for the error message.
        arguments: of the interpreter.
        environment: its variables; None for those of this process.

    Raises:
        BenchFailed: the process failed; the message has its last line.
    """
    # With -P, a folder of the same name where the user stands is not taken for one of our packages.
    words = [sys.executable, "-P", *arguments]
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            output, errors = process.communicate()
        except BaseException:
            # subprocess.run does not wait here. The process could then still write into a folder
            # that is being removed.
            process.kill()
            process.wait()
            raise
    if process.returncode != 0:
        reason = errors.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise BenchFailed(f"A new process failed at {task!r}: {reason[0]}")
    return output

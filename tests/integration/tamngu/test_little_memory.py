"""Commands under a limit of memory end with one sentence, and not with a signal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.limited_memory import needs_limits, run_limited

pytestmark = [pytest.mark.slow, needs_limits]

COMMAND = """
import sys
from tamngu.cli.main import main
leave(int(sys.argv[1]))
main(sys.argv[2:])
"""


@pytest.mark.parametrize("spare", [20_000_000, 200_000_000, 700_000_000])
def test_the_command_says_that_memory_is_missing(sample_home: Path, spare: int) -> None:
    question = ["Vietnam Airlines?", "--collection", "sample", "--home", str(sample_home)]
    done = run_limited(COMMAND, str(spare), "search", *question)
    assert done.returncode == 1, (done.returncode, done.stderr)
    lines = done.stderr.splitlines()
    assert lines[-1].startswith("Error: There is not enough memory for ")
    assert "ulimit -v" in lines[-1]
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""

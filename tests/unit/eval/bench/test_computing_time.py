from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eval.bench.computing_time import computing_s

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")

_COMPUTE = """
import subprocess, sys, time
if len(sys.argv) == 1:
    child = subprocess.Popen([sys.executable, __file__, "child"], stdin=subprocess.PIPE)
while time.process_time() < 0.3:
    pass
print("computed", flush=True)
if len(sys.argv) == 1:
    child.wait()
else:
    sys.stdin.read()
"""


def test_time_of_a_process_and_of_its_children_is_counted(tmp_path: Path) -> None:
    program = tmp_path / "a program) with brackets.py"
    program.write_text(_COMPUTE)
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for _ in range(2):
                assert process.stdout.readline() == "computed\n"
            counted = computing_s(process.pid)
        finally:
            # The child ends when nobody holds the other end of its input.
            process.kill()
    assert counted is not None
    assert counted >= 0.58  # Ticks of a hundredth of a second are cut off.


def test_a_process_that_is_gone_has_no_time() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert computing_s(ended.pid) is None

"""The fuzzer finds what is planted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Hashable
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.loop import COSTLY, Loop
from tests.fuzz.mutations import LARGEST, changed
from tests.fuzz.service import request_of
from tests.fuzz.structures import json_changed, of_kind, zip_changed
from tests.fuzz.target import Run, Target

BEFORE = b"a text <p> with 100 words"

NO_VALUES: dict[str, Hashable] = {}


def target(run: Run) -> Target:
    return Target("planted", lambda: [BEFORE], of_kind("html"), lambda: run)


def test_an_error_is_found_and_its_input_made_small() -> None:
    def run(data: bytes) -> Hashable:
        return NO_VALUES["x"] if b"<!--" in data and b"100" in data else b"<!--" in data

    loop = Loop(target(run), 1)
    found = None
    while found is None:
        found = loop.given(loop.next_input())
    assert found.kind.startswith("KeyError ")
    assert "test_loop.py" in found.kind
    assert "in run" in found.what
    small = loop.smaller(found).data
    assert sorted(small) == sorted(b"<!--100")


def test_another_outcome_the_second_time_is_found() -> None:
    count = iter(range(100))
    found = Loop(target(lambda data: next(count)), 1).given(BEFORE)
    assert found is not None
    assert "another outcome" in found.what


def test_too_much_memory_is_found() -> None:
    def run(data: bytes) -> Hashable:
        return len(b"x" * 520 * 2**20)

    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("the system does not say what is held at most")
    found = Loop(target(run), 1).given(BEFORE)
    assert found is not None
    assert found.kind == COSTLY


def test_the_same_seed_gives_the_same_inputs() -> None:
    one, other, third = (Loop(target(len), seed) for seed in (1, 1, 2))
    inputs = [[loop.next_input() for _ in range(50)] for loop in (one, other, third)]
    assert inputs[0] == inputs[1] != inputs[2]


@pytest.mark.parametrize("seed", range(30))
def test_changes_keep_to_the_largest_size_and_to_forms(seed: int) -> None:
    random = Random(seed)
    data = BEFORE
    for _ in range(20):
        data = changed(random, data)
        assert len(data) <= LARGEST
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", '{"a": 1}')
    whole = sum(
        zipfile.is_zipfile(BytesIO(zip_changed(random, packed.getvalue()))) for _ in range(20)
    )
    assert whole > 10
    parsed = 0
    for _ in range(20):
        try:
            json.loads(json_changed(random, b'{"a": [1, "b", {"c": null}]}'))
        except ValueError:
            continue
        parsed += 1
    assert parsed > 10


def test_a_request_is_read_as_a_client_would_write_it() -> None:
    request = request_of(b'{"method": "get", "path": "a b/\\u00e9", "headers": [["X y", "a\\nb"]]}')
    assert request is not None
    scope = request.scope()
    assert (scope["method"], scope["path"], scope["raw_path"]) == (
        "GET",
        "/a b/é",
        b"/a%20b/%C3%A9",
    )
    assert (b"xy", b"ab") in scope["headers"]
    assert request_of(b"[]") is None


def test_the_command_finds_what_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "import os, signal, sys\n"
        "from tests.fuzz import targets\n"
        "from tests.fuzz.target import Target\n"
        "from tests.fuzz.structures import of_kind\n"
        "def run(data):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "targets.TARGETS['planted'] = Target('planted', lambda: [b'a'], of_kind(''), lambda: run)\n"
        "from tests.fuzz.worker import main\n"
        "main('planted', 1, 1, __import__('pathlib').Path(sys.argv[1]))\n"
    )
    out = tmp_path / "out"
    words = [sys.executable, str(tmp_path / "planted.py"), str(out)]
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    assert subprocess.run(words, env=env, check=False).returncode == -signal.SIGKILL
    assert (out / "present").read_bytes() == b"a"

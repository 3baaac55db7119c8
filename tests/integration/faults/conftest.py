"""What the tests of faults share: calls that fail as they do on bad disks, and a small disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.faults.small_disk import SmallDisk


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled library of faults.c; it is preloaded into a process."""
    compiler = shutil.which("cc")
    if not sys.platform.startswith("linux"):
        pytest.skip("calls fail by a library that is preloaded as on Linux")
    if compiler is None and os.environ.get("CI") != "true":
        pytest.skip("there is no C compiler (cc) for the library of faults")
    assert compiler is not None, "CI has to have a C compiler"
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library)]
    subprocess.run([compiler, *flags, str(source), "-ldl"], check=True)
    return library


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of a few megabytes, where this user may mount one."""
    path = tmp_path / "disk"
    path.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tamngu-test", str(path)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)

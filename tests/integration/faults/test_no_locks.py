"""A file system whose locks do not work, as network file systems without their lock service."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.api.served import TAMNGU
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("words", [("ingest", "NEW"), ("collections", "compact")])
def test_the_file_system_is_named_and_not_another_process(
    words: tuple[str, ...], sample_home: Path, tmp_path: Path, faults: Path
) -> None:
    home, new = shutil.copytree(sample_home, tmp_path / "home"), tmp_path / "new.txt"
    new.write_text("It is about salt.")
    given = [str(new) if word == "NEW" else word for word in words]
    done = subprocess.run(
        [TAMNGU, *given, "-c", "sample", "--home", home],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, "LD_PRELOAD": str(faults), "FAULT_NO_LOCKS": "1"},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"The file system of {home / 'collections' / 'sample'} has no locks" in done.stderr
    assert "nother process" not in done.stderr
    assert "Traceback" not in done.stderr

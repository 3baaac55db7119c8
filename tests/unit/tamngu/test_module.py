"""``python -m tamngu``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tamngu", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def test_the_module_is_the_command() -> None:
    ended = run("search", "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith("Usage: tamngu search ")


def test_the_module_exits_with_the_code_of_the_command(tmp_path: Path) -> None:
    ended = run("search", "ASEAN", "--home", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_module_reads_letters_where_the_locale_has_none(tmp_path: Path, locale: str) -> None:
    ended = run("search", "x", "--home", tmp_path / "nhà", LC_ALL=locale, PYTHONUTF8="0")
    assert ended.returncode == 1
    assert "nhà" in ended.stderr

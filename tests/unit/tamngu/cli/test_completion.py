"""Completion in a shell, as click's script for bash asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TAMNGU = Path(sys.executable).with_name("tamngu")


def proposed(words: str, **environment: str) -> list[str]:
    """Return the values that are proposed for the last word."""
    done = subprocess.run(
        [TAMNGU],
        env={
            **os.environ,
            "_TAMNGU_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("tamngu c", ["calibrate", "collections"]),
        ("tamngu eval r", ["report", "run"]),
        ("tamngu help eval g", ["gate"]),
        ("tamngu ask --lang", ["--languages", "--language"]),
        ("tamngu ingest --m", ["--max-pages", "--model"]),
        ("tamngu search x --ranking b", ["bm25"]),
        ("tamngu models show p", ["packaged"]),
        ("tamngu ask x --reader ", ["none", "packaged"]),
        ("tamngu models prepare --reader p", ["packaged"]),
        ("tamngu keys create x --scope w", ["write"]),
    ],
)
def test_commands_options_and_choices_are_completed(
    words: str, values: list[str], tmp_path: Path
) -> None:
    assert proposed(words, TAMNGU_CACHE=str(tmp_path)) == values


def test_names_of_collections_are_completed(tmp_path: Path) -> None:
    for name in ("news", "sample"):
        (tmp_path / "collections" / name).mkdir(parents=True)
        (tmp_path / "collections" / name / "catalog.db").touch()
    for words in ("ask -c s", "keys create x --collection s"):
        assert proposed(f"tamngu {words}", TAMNGU_HOME=str(tmp_path)) == ["sample"]
    assert proposed(f"tamngu ask --home {tmp_path} --collection ") == ["news", "sample"]
    assert proposed("tamngu ask -c ", TAMNGU_HOME=str(tmp_path / "empty")) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    done = subprocess.run(
        [TAMNGU],
        env={**os.environ, "_TAMNGU_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"_TAMNGU_COMPLETE={shell}_complete" in done.stdout

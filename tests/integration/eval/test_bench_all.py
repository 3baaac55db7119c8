"""``tamngu bench all``: figures in a file, in a page, and beside older ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tamngu.cli.main import main

pytestmark = pytest.mark.slow


def run(
    capsys: pytest.CaptureFixture[str], home: Path, *options: str | Path
) -> tuple[int, str, str]:
    words = ["bench", "all", "--only", "storage", "--home", str(home), "-c", "sample"]
    with pytest.raises(SystemExit) as leaving:
        main([*words, *map(str, options)])
    captured = capsys.readouterr()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code, captured.out, captured.err


def test_figures_are_written_and_compared(
    sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, page = tmp_path / "figures.json", tmp_path / "page.md"
    page.write_text("# Figures\n<!-- bench all: begin -->\nold\n<!-- bench all: end -->\nMore.\n")
    code, out, err = run(capsys, sample_home, "--out", file, "--page", page)
    assert (code, err) == (0, "1 of 1: storage\n")
    figures = json.loads(file.read_text())
    assert figures["values"]["storage: in all"] > 1
    value = f"{figures['values']['storage: in all']:g}"
    row = f"| storage | in all | {value} |"
    assert row in out.splitlines()
    text = page.read_text()
    assert text.startswith("# Figures\n<!-- bench all: begin -->\n- cores: ")
    assert row in text
    assert text.endswith("<!-- bench all: end -->\nMore.\n")

    code, out, err = run(capsys, sample_home, "--against", file)
    assert code == 0
    assert f"| storage | in all | {value} | {value} | same |" in out.splitlines()
    figures["values"]["storage: in all"] /= 2
    file.write_text(json.dumps(figures))
    code, out, err = run(capsys, sample_home, "--against", file)
    assert code == 1
    assert "1 of " in err
    assert "are worse" in err


def test_a_page_without_a_place_is_refused_before_anything_is_measured(
    sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Figures\n")
    code, _, err = run(capsys, sample_home, "--page", page)
    assert code == 1
    assert "bench all: begin" in err
    assert "1 of 1" not in err


def test_systems_that_are_wanted_have_to_be_named(
    sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, sample_home, "--only", "peers")
    assert code == 2
    assert "needs --peers" in err


def test_a_system_that_is_not_known_is_refused_before_anything_else_is_measured(
    sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--only", "peers", "--peers", "nobody", "--questions", "xquad:x"]
    code, out, err = run(capsys, sample_home, *options)
    assert (code, out) == (1, "")
    assert err.startswith("1 of 2: peers\n")
    assert "nobody" in err or "xquad" in err

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reached_lines import main

FILES = {
    "rag/a.py": {"summary": {"covered_lines": 30, "missing_lines": 10}},
    "rag/text/b.py": {"summary": {"covered_lines": 60, "missing_lines": 0}},
    "api/c.py": {"summary": {"covered_lines": 1, "missing_lines": 1}},
}


@pytest.fixture
def report(tmp_path: Path) -> str:
    file = tmp_path / "reached.json"
    file.write_text(json.dumps({"files": FILES}), encoding="utf-8")
    return str(file)


def test_the_lines_of_a_package_count_together(
    report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(report, "rag:90", "api:50") == 0
    assert capsys.readouterr().out == "rag: 90.0\napi: 50.0\n"


def test_a_package_below_its_floor_is_named(
    report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(report, "rag:90", "api:51") == 1
    assert capsys.readouterr().err == "api: 50.0 percent of its lines are reached, fewer than 51.\n"


def test_a_package_that_is_not_there_is_not_reached(report: str) -> None:
    assert main(report, "embeddings:1") == 1

"""``tamngu bench ask``: answers from a collection that is made, kept and grows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.bench.place import MADE
from rag.collection.paths import existing_directory
from tamngu.cli.main import main

pytestmark = pytest.mark.slow


def line(capsys: pytest.CaptureFixture[str], home: Path, kept: Path, size: int) -> dict[str, float]:
    words = ["bench", "ask", "--home", str(home), "-c", "sample", "--keep", str(kept)]
    with pytest.raises(SystemExit) as leaving:
        main([*words, "--passages", str(size), "--reader", "none", "--json"])
    assert leaving.value.code == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_answers_are_measured_and_a_kept_collection_grows(
    sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    first = line(capsys, sample_home, kept, 1000)
    made = (existing_directory(kept, MADE) / "catalog.db").stat().st_ino
    second = line(capsys, sample_home, kept, 1100)
    assert (existing_directory(kept, MADE) / "catalog.db").stat().st_ino == made
    assert (first["passages"], second["passages"]) == (1000, 1100)
    for each in (first, second):
        assert each["questions"] > 0
        assert each["citations"] == each["citations_verified"] > 0
        assert 0 < each["p50_ms"] <= each["p95_ms"]
        assert each["cold_first_ms"] > 0
        assert each["kb_a_passage"] > 1

    words = ["bench", "ask", "--home", str(sample_home), "-c", "sample", "--keep", str(kept)]
    with pytest.raises(SystemExit) as leaving:
        main([*words, "--passages", "1000"])
    assert leaving.value.code == 1
    assert "holds 1,100 passages already" in capsys.readouterr().err

"""Files whose names are not UTF-8, or hold what could steer a terminal."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.tamngu.command import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 on this system"),
]

SHOWN = r"\x1b[31m\u202e.txt"


@pytest.fixture(autouse=True)
def one_encoder(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_: encoder)


def test_they_are_ingested_named_and_found_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = os.fsencode(tmp_path / "in")
    os.mkdir(folder)
    for name, text in (
        (b"b\xe1o.txt", "Lào gia nhập ASEAN năm 1997."),
        (b"tr\xf4ng.txt", ""),
        ("\x1b[31m\u202e.txt".encode(), ""),
    ):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    home: tuple[str | Path, ...] = ("--home", tmp_path / "home")
    code, out, err = run(capsys, "ingest", tmp_path / "in", *home)
    assert code == 1
    assert "Articles: 1 added" in out
    assert err.count("Skipped ") == 2
    assert "bug" not in err
    assert SHOWN in err
    assert not set(err) & set("\x1b\u202e")
    code, out, err = run(capsys, "ingest", tmp_path / "in", *home, "--json")
    assert json.loads(out)["unchanged"] == 1
    assert len(json.loads(out)["rejected"]) == 2
    code, out, err = run(capsys, "ingest", tmp_path / "in", "--dry-run", *home)
    assert code == 1
    assert "1 articles would be ingested, 2 skipped." in out
    assert SHOWN in out
    assert not set(out) & set("\x1b\u202e")
    code, out, err = run(capsys, "articles", "list", *home)
    assert (code, err) == (0, "")
    assert "Lào gia nhập ASEAN năm 1997." in out
    os.remove(os.path.join(folder, b"b\xe1o.txt"))
    code, out, err = run(capsys, "ingest", tmp_path / "in", "--prune", *home)
    assert "1 removed" in out

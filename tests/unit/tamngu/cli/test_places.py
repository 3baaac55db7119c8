"""Whether a command works on a folder or on a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tamngu.cli.main import main


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of a cluster, which does not exist; the environment names it."""
    file = str(tmp_path / "cluster.toml")
    monkeypatch.setenv("TAMNGU_CLUSTER", file)
    return file


def code(*words: str | Path) -> int | str | None:
    with pytest.raises(SystemExit) as leaving:
        main([*map(str, words)])
    return leaving.value.code


@pytest.mark.parametrize("command", ["collections list", "bench serve"])
def test_a_folder_that_is_typed_counts_more_than_a_cluster_of_the_environment(
    command: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code(*command.split(), "--home", tmp_path / "home")
    assert named not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["collections list", "bench serve"])
@pytest.mark.parametrize("is_typed", [False, True])
def test_a_cluster_counts_more_than_a_folder_of_the_environment(
    command: str,
    named: str,
    is_typed: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAMNGU_HOME", str(tmp_path / "home"))
    assert code(*command.split(), *(("--cluster", named) if is_typed else ())) == 1
    assert named in capsys.readouterr().err

"""Files that PostgreSQL holds in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cluster import pieces
from api.cluster.state import ClusterState
from tests.unit.api.conftest import States


def test_files_are_fetched_on_another_machine(
    cluster_states: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_PIECE_BYTES", 100)
    one, other = cluster_states(), cluster_states()
    assert isinstance(one, ClusterState)
    assert isinstance(other, ClusterState)
    sent = {"0000": bytes(range(256)), "0001": b"", "0002": b"x" * 200}
    for name, data in sent.items():
        (tmp_path / name).write_bytes(data)
        one.uploads.put("job", tmp_path / name)
    one.runs.put("job", tmp_path / "0000")
    into = tmp_path / "into"
    into.mkdir()
    # What a process that was killed has left of an earlier try.
    (into / "0000").write_bytes(b"half")
    (into / "0002.partial").write_bytes(b"half")
    other.uploads.fetch("job", into)
    assert {path.name: path.read_bytes() for path in into.iterdir()} == sent
    assert other.uploads.sizes("job") == {name: len(data) for name, data in sent.items()}
    assert (other.uploads.folders(), other.uploads.folders(60)) == (["job"], [])
    other.uploads.remove("job")
    assert one.uploads.folders() == []
    assert b"".join(one.runs.data("job", "0000")) == sent["0000"]
    assert list(one.runs.data("job", "none")) == []

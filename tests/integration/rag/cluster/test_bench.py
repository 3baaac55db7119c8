"""``tamngu bench`` measures a cluster, and leaves nothing on it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from embeddings import Encoder
from rag import Collection
from rag.cluster.cluster import Cluster
from rag.records.passage import EncodedArticle
from tamngu.cli.main import main

pytestmark = pytest.mark.slow


@pytest.fixture
def sample_there(cluster: Cluster, encoder: Encoder, encoded: list[EncodedArticle]) -> None:
    with closing(Collection.open_or_create(cluster, "sample", encoder)) as collection:
        collection.put(encoded)


def bench(capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict[str, Any]:
    """Return the figures that a measurement prints, or those of its only line."""
    with pytest.raises(SystemExit) as leaving:
        main(["bench", *map(str, words), "--json"])
    printed = capsys.readouterr()
    assert leaving.value.code == 0, printed.err
    found = json.loads(printed.out)
    figures: dict[str, Any] = found[0] if isinstance(found, list) else found
    return figures


@pytest.mark.usefixtures("sample_there")
def test_answers_of_a_cluster_are_measured(
    cluster: Cluster, cluster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--cluster", cluster_file, "-c", "sample")
    found = bench(capsys, "ask", *place, "--passages", "1000", "--reader", "none")
    assert found["passages"] == 1000
    assert found["citations"] == found["citations_verified"] > 0
    assert 0 < found["p50_ms"] <= found["p95_ms"]
    assert cluster.names() == ["sample"]


@pytest.mark.usefixtures("sample_there")
def test_a_service_of_a_cluster_is_measured(
    cluster: Cluster, cluster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--cluster", cluster_file, "-c", "sample")
    options = ("--passages", "1000", "--seconds", "1", "--connections", "2")
    found = bench(capsys, "serve", *place, *options)
    assert found["passages"] == 1000
    assert found["requests"] > 0
    assert cluster.names() == ["sample"]


def test_an_ingest_into_a_cluster_is_measured(
    cluster: Cluster, cluster_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = bench(capsys, "ingest", "--cluster", cluster_file, "--max-articles", "4")
    assert found["articles"] == 4
    assert found["unchanged_speedup"] > 1
    assert cluster.names() == []


def test_a_folder_cannot_keep_what_is_on_a_cluster(
    cluster_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", "ask", "--cluster", str(cluster_file), "--keep", str(tmp_path / "kept")]
    with pytest.raises(SystemExit) as leaving:
        main(words)
    assert leaving.value.code == 2
    assert "--keep is for one machine" in capsys.readouterr().err

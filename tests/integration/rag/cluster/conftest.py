"""A cluster of real parts, and homes of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from rag import Collection
from rag.cluster.cluster import Cluster
from rag.cluster.settings import read_settings
from rag.collection.paths import Home
from rag.records.passage import EncodedArticle


@pytest.fixture
def cluster(cluster_file: Path) -> Iterator[Cluster]:
    """An empty cluster."""
    cluster = Cluster(read_settings(cluster_file))
    yield cluster
    for name in cluster.names():
        cluster.delete(name)


@pytest.fixture(params=["machine", "cluster"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """An empty home."""
    if request.param == "machine":
        return tmp_path / "home"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster


@pytest.fixture(scope="session")
def encoded(sample: Collection) -> list[EncodedArticle]:
    """The sample articles, encoded."""
    with sample.catalog.reading():
        stored = list(sample.catalog.passages.stream())
    return [
        EncodedArticle(article, [passage.encoded for passage in passages])
        for article, passages in groupby(stored, key=lambda passage: passage.article)
    ]

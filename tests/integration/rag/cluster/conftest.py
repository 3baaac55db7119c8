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
from tests.cluster_parts import Part, milvus_lite, postgres


@pytest.fixture(scope="session")
def postgres_part() -> Iterator[Part]:
    with postgres() as part:
        yield part


@pytest.fixture(scope="session")
def milvus_part() -> Iterator[Part]:
    with milvus_lite() as part:
        yield part


@pytest.fixture(scope="session")
def cluster_file(
    tmp_path_factory: pytest.TempPathFactory, postgres_part: Part, milvus_part: Part
) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "cluster.toml"
    file.write_text(
        f'catalog = "postgresql://postgres@127.0.0.1:{postgres_part.port}/postgres"\n'
        f'vectors = "http://127.0.0.1:{milvus_part.port}"\n'
    )
    return file


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

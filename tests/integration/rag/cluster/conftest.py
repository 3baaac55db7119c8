"""A cluster of real parts, and homes of both kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count, groupby
from pathlib import Path

import pytest

from embeddings import Encoder, load_encoder
from embeddings.calibration.calibration import Calibration
from embeddings.calibration.store import calibration_for
from rag import Collection
from rag.cluster.cluster import Cluster
from rag.cluster.settings import read_settings
from rag.collection.paths import Home
from rag.ingestion.encoding import ChunkedArticle, chunk_article, encode_articles
from rag.records.passage import EncodedArticle
from tests.integration.rag.cluster.encoded_again import ARTICLES, Interrupted, reindexed


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


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Interrupted:
    """Start to reindex in small batches, and interrupt it at the third."""
    monkeypatch.setattr("rag.ingestion.reindexing.BATCH_PASSAGES", 8)

    def run(home: Home, encoder: Encoder) -> None:
        batches = count(1)

        def encode(
            with_: Encoder, articles: Sequence[ChunkedArticle], by: Calibration
        ) -> list[EncodedArticle]:
            if next(batches) == 3:
                raise KeyboardInterrupt
            return encode_articles(with_, articles, by)

        with monkeypatch.context() as patched:
            patched.setattr("rag.ingestion.reindexing.encode_articles", encode)
            with pytest.raises(KeyboardInterrupt):
                reindexed(home, encoder)

    return run


@pytest.fixture
def other(small_model: Path) -> Encoder:
    """An encoder of another model, with fewer dimensions."""
    return load_encoder(str(small_model))


@pytest.fixture(scope="session")
def made(encoder: Encoder) -> list[EncodedArticle]:
    """The articles that are encoded again, as they were encoded first."""
    chunked = [chunk_article(encoder, article) for article in ARTICLES]
    return encode_articles(encoder, chunked, calibration_for(encoder))


@pytest.fixture
def stored(home: Home, encoder: Encoder, made: Sequence[EncodedArticle]) -> None:
    """The articles are in the collection ``c``."""
    with closing(Collection.open_or_create(home, "c", encoder)) as collection:
        collection.put(made)

"""Encoding of a whole collection again, with another model or after a change of the chunking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from embeddings import Encoder, Fingerprint
from embeddings.calibration.store import calibration_for
from rag.catalog.catalog import Catalog
from rag.catalog.reencoding import Reencoding
from rag.collection.lock import writing_to
from rag.collection.upkeep import compact_collection
from rag.ingestion.batches import BATCH_PASSAGES
from rag.ingestion.encoding import ChunkedArticle, chunk_article, encode_articles
from rag.records.passage import EncodedArticle

_AT_ONCE = 50
"""Articles that are read at a time."""

_FEW = 10
"""Articles that are encoded while others wait to write. Chosen manually, not tuned: they take a
second or two."""


@dataclass(frozen=True)
class ReindexReport:
    """The result of a reindexing.

    Attributes:
        articles: number of articles in the collection.
        resumed: number of articles that an earlier, interrupted run had encoded.
        passages: number of passages in the collection at the end.
        took_s: seconds.
    """

    articles: int
    resumed: int
    passages: int
    took_s: float


class _Reencoding(Protocol):
    """Passages for another model, kept apart until all articles are encoded."""

    def left(self) -> list[str]:
        """Return the ids of the articles that are not encoded yet, sorted."""

    def add(self, articles: Iterable[EncodedArticle]) -> None:
        """Store articles' passages in one transaction."""

    def finish(self, encode: Callable[[Sequence[str]], object]) -> None:
        """Encode what is left while nobody writes, and replace the old passages by the new ones."""


def reindex(
    catalog: Catalog,
    encoder: Encoder,
    on_articles: Callable[[int], object] = lambda _: None,
) -> ReindexReport:
    """Cut and encode all articles again; afterwards the collection has the encoder's model.

    Until the last article is encoded, the collection is searched with its old vectors. Then all
    passages are replaced in one transaction. A run that is interrupted is continued by the next run
    with the same model. Memory is bounded. On a cluster others write meanwhile.

    Args:
        catalog: of the collection.
        encoder: encodes the articles.
        on_articles: called with the number of articles done since the last call.

    Raises:
        CollectionBusy: another process is writing, or on a cluster encoding all again.
        CollectionDamaged: an article differs from what was stored.
        StorageError: the disk is full.
        ClusterUnavailable: a part of the cluster does not answer; what was encoded is kept.
    """
    started = time.perf_counter()
    with writing_to(catalog):
        calibration = calibration_for(encoder)
        tokens = calibration.tokens.digest if calibration.tokens else ""
        with _reencoding(catalog, encoder.fingerprint, tokens) as reencoding:

            def encode(ids: Sequence[str]) -> None:
                for batch in _batches(catalog, encoder, ids):
                    reencoding.add(encode_articles(encoder, batch, calibration))
                    on_articles(len(batch))

            left = reencoding.left()
            articles = len(catalog.articles.ids())
            resumed = max(0, articles - len(left))
            on_articles(resumed)
            before: list[str] = []
            while len(left) > _FEW and left != before:
                encode(left)
                before, left = left, reencoding.left()
            reencoding.finish(encode)
        # On a cluster, Milvus has been told of everything before.
        if catalog.is_local:
            compact_collection(catalog)
    passages = sum(count for _, count in catalog.counts().values())
    took_s = round(time.perf_counter() - started, 3)
    return ReindexReport(articles, resumed, passages, took_s)


def _reencoding(
    catalog: Catalog, fingerprint: Fingerprint, token_digest: str
) -> AbstractContextManager[_Reencoding]:
    if catalog.is_local:
        return Reencoding(catalog.path, fingerprint, token_digest)
    from rag.cluster.reencoding import reencoding_on_cluster

    return reencoding_on_cluster(catalog, fingerprint, token_digest)


def _batches(
    catalog: Catalog, encoder: Encoder, ids: Sequence[str]
) -> Iterator[list[ChunkedArticle]]:
    batch: list[ChunkedArticle] = []
    for start in range(0, len(ids), _AT_ONCE):
        for article in catalog.articles.get_many(ids[start : start + _AT_ONCE]):
            batch.append(chunk_article(encoder, article))
            if sum(len(chunked.passages) for chunked in batch) >= BATCH_PASSAGES:
                yield batch
                batch = []
    if batch:
        yield batch

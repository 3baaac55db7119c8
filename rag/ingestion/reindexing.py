"""Encoding of a whole collection again, with another model or after a change of the chunking."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings import Encoder
from embeddings.calibration.store import calibration_for
from rag.catalog.catalog import Catalog
from rag.catalog.reencoding import Reencoding
from rag.collection.compaction import compact
from rag.collection.lock import writing
from rag.ingestion.batches import BATCH_PASSAGES
from rag.ingestion.encoding import ChunkedArticle, chunk_article, encode_articles

_AT_ONCE = 50
"""Articles that are read at a time."""


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


def reindex(
    directory: Path,
    catalog: Catalog,
    encoder: Encoder,
    on_articles: Callable[[int], object] = lambda _: None,
) -> ReindexReport:
    """Cut and encode all articles again; afterwards the collection has the encoder's model.

    Until the last article is encoded, the collection is searched with its old vectors. Then all
    passages are replaced in one transaction. A run that is interrupted is continued by the next run
    with the same model. Memory is bounded.

    Args:
        directory: of the collection.
        catalog: of the collection.
        encoder: encodes the articles.
        on_articles: called with the number of articles done since the last call.

    Raises:
        CollectionBusy: another process is writing.
        CollectionDamaged: an article differs from what was stored.
        StorageError: the disk is full.
    """
    started = time.perf_counter()
    with writing(directory):
        calibration = calibration_for(encoder)
        tokens = calibration.tokens.digest if calibration.tokens else ""
        with Reencoding(catalog.path, encoder.fingerprint, tokens) as reencoding:
            left = reencoding.left()
            articles = len(catalog.articles.ids())
            on_articles(articles - len(left))
            for batch in _batches(catalog, encoder, left):
                reencoding.add(encode_articles(encoder, batch, calibration))
                on_articles(len(batch))
            reencoding.finish()
        compact(directory, catalog)
    passages = sum(count for _, count in catalog.counts().values())
    took_s = round(time.perf_counter() - started, 3)
    return ReindexReport(articles, articles - len(left), passages, took_s)


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

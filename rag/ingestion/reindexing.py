"""Encoding all of a collection anew, with another model or after a change in how it is cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings import Encoder
from embeddings.calibration.calibration import calibration_for
from rag.catalog.catalog import Catalog
from rag.catalog.reencoding import Reencoding
from rag.collection.compaction import compact
from rag.collection.lock import writing
from rag.ingestion.batches import BATCH_PASSAGES
from rag.ingestion.encoding import ChunkedArticle, chunk_article, encode_articles

_READ = 50
"""Articles read at a time."""


@dataclass(frozen=True)
class ReindexReport:
    """What was done.

    Attributes:
        articles: in the collection.
        resumed: those of them that an earlier run, which did not end, had encoded.
        passages: in the collection now.
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
    """Cut and encode all articles anew, and from then on use the encoder's model.

    Until the last article is encoded the collection is searched as it was; then all passages change
    in one transaction. A run that is interrupted is taken up again by the next one with the same
    model. Memory is bounded.

    Args:
        directory: the collection's.
        catalog: the collection's.
        encoder: what to encode with.
        on_articles: called with the number of articles done since the last call.

    Raises:
        CollectionBusy: another process is writing.
        CollectionDamaged: an article is not as it was stored.
        StorageError: the disk is full.
    """
    started = time.perf_counter()
    with writing(directory):
        calibration = calibration_for(encoder)
        tokens = calibration.tokens.digest if calibration.tokens else ""
        with Reencoding(catalog.path, encoder.fingerprint, tokens) as reencoding:
            left = reencoding.left()
            articles = len(catalog.article_ids())
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
    for start in range(0, len(ids), _READ):
        for article in catalog.articles(ids[start : start + _READ]):
            batch.append(chunk_article(encoder, article))
            if sum(len(chunked.passages) for chunked in batch) >= BATCH_PASSAGES:
                yield batch
                batch = []
    if batch:
        yield batch

"""From articles to a searchable collection: skip what is known, chunk, encode, store."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.article import Article
from rag.chunking import PASSAGE_TOKENS, chunk
from rag.collection import Collection
from rag.passage import EncodedPassage, Passage
from rag.readers import Rejection

_BATCH_PASSAGES = 128
"""Passages encoded and committed together: enough to batch well, few enough to lose on Ctrl-C."""


@dataclass
class IngestReport:
    """What became of each article.

    Attributes:
        added: articles that were not there.
        updated: articles that had changed.
        unchanged: articles that were there with the same content.
        passages: passages stored.
        rejected: what could not be taken, and why.
        took_s: seconds.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    passages: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    took_s: float = 0.0


def ingest(
    collection: Collection,
    items: Iterable[Article | Rejection],
) -> IngestReport:
    """Bring articles into a collection.

    Articles are stored in batches, each in one transaction; when this returns, or is interrupted,
    every stored batch is durable and no article is there in part.

    Args:
        collection: where to.
        items: what the readers found, in order; a later article replaces an earlier one of its id.

    Raises:
        CollectionBusy: another process is writing.
    """
    started = time.perf_counter()
    report = IngestReport()
    with collection.writing():
        pending: dict[str, tuple[Article, list[Passage]]] = {}
        for item in items:
            if isinstance(item, Rejection):
                report.rejected.append(item)
            elif _is_known(collection, pending, item):
                report.unchanged += 1
            else:
                if item.id in pending:
                    _store(collection, pending, report)
                limit = min(PASSAGE_TOKENS, collection.encoder.max_passage_tokens)
                pending[item.id] = (item, chunk(item, collection.encoder.count_tokens, limit))
                if sum(len(passages) for _, passages in pending.values()) >= _BATCH_PASSAGES:
                    _store(collection, pending, report)
        _store(collection, pending, report)
        collection.save()
    report.took_s = round(time.perf_counter() - started, 3)
    return report


def _is_known(
    collection: Collection, pending: dict[str, tuple[Article, list[Passage]]], article: Article
) -> bool:
    """Tell whether just this content is there under its id, or about to be."""
    if article.id in pending:
        return pending[article.id][0].content_hash == article.content_hash
    return collection.catalog.content_hash(article.id) == article.content_hash


def _store(
    collection: Collection,
    pending: dict[str, tuple[Article, list[Passage]]],
    report: IngestReport,
) -> None:
    """Encode and commit the pending articles, and count them."""
    batch = [
        (article, encoded)
        for (article, _), encoded in zip(
            pending.values(), _encode(collection, pending), strict=True
        )
    ]
    known = {article.id: collection.catalog.content_hash(article.id) for article, _ in batch}
    if batch:
        collection.put(batch)
    for article, encoded in batch:
        report.passages += len(encoded)
        if known[article.id] is None:
            report.added += 1
        else:
            report.updated += 1
    pending.clear()


def _encode(
    collection: Collection, pending: dict[str, tuple[Article, list[Passage]]]
) -> list[list[EncodedPassage]]:
    """Encode passages and their sentences, all in one go, and deal the vectors out again."""
    texts = []
    for article, passages in pending.values():
        for passage in passages:
            texts.append(article.text[passage.start : passage.end])
            texts.extend(sentence.of(article.text) for sentence in passage.sentences)
    vectors = collection.encoder.encode_passages(texts)
    at = 0
    result = []
    for _, passages in pending.values():
        encoded = []
        for passage in passages:
            end = at + 1 + len(passage.sentences)
            encoded.append(EncodedPassage(passage, vectors[at], vectors[at + 1 : end]))
            at = end
        result.append(encoded)
    return result

"""From articles to a searchable collection: skip what is known, chunk, encode, store."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rag.collection.collection import Collection
from rag.ingestion.batches import Batch, BatchReader, Item
from rag.ingestion.crawl import Crawl
from rag.ingestion.encoding import encode_articles
from rag.ingestion.file_changes import Found, file_size, gone, read_changed
from rag.readers import DEFAULT_READING, Reading, Rejection
from rag.readers.source_pages import SourcePages
from rag.records.passage import EncodedArticle
from rag.text.language import LANGUAGES
from tamngu.records.article import Article


@dataclass
class IngestReport:
    """What became of each article.

    Attributes:
        added: articles that were not there.
        updated: articles that had changed.
        unchanged: articles that were there with the same content.
        removed: articles whose file, or whose place in it, is gone; only when asked for.
        passages: passages stored.
        rejected: what could not be taken, and why.
        other_languages: how many of those added and changed are in which other language than
            Vietnamese, Chinese and English.
        took_s: seconds.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    other_languages: dict[str, int] = field(default_factory=dict)
    took_s: float = 0.0

    def __add__(self, other: IngestReport) -> IngestReport:
        """Return what two ingests did together."""
        return IngestReport(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.passages + other.passages,
            self.rejected + other.rejected,
            dict(Counter(self.other_languages) + Counter(other.other_languages)),
            round(self.took_s + other.took_s, 3),
        )


def ingest(
    collection: Collection,
    items: Iterable[Article | Rejection],
    check: Callable[[], object] = lambda: None,
) -> IngestReport:
    """Bring articles into a collection.

    Articles are stored in batches, each in one transaction; when this returns, or is interrupted,
    every stored batch is durable and no article is there in part. While one batch is encoded the
    next ones are read.

    Args:
        collection: where to.
        items: what the readers found, in order; a later article replaces an earlier one of its id.
            They are read in a thread of its own.
        check: called before anything is read, when nobody else writes any more; what it raises ends
            this.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, ((item, None) for item in items), check=check)


def ingest_pages(collection: Collection, crawl: Crawl, urls: Sequence[str]) -> IngestReport:
    """Bring the articles of web pages into a collection.

    What has been fetched is durable within some seconds; a crawl that was cut off, or that reached
    its bound of pages, goes on where it was when the same URLs are given again.

    Args:
        collection: where to.
        crawl: how pages are to be had.
        urls: of pages, feeds and sitemaps.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, crawl.items(urls), on_stop=crawl.fetcher.stop)


def ingest_files(
    collection: Collection,
    files: Sequence[tuple[Path, Path]],
    *,
    prune: bool = False,
    reading: Reading = DEFAULT_READING,
    on_bytes: Callable[[int], object] = lambda _: None,
) -> IngestReport:
    """Bring the articles of files into a collection; files that have not changed are passed over.

    Args:
        collection: where to.
        files: (root, file) pairs, as of :func:`rag.readers.registry.find_files`.
        prune: afterwards remove the articles that were read from under these roots once and no
            longer are. Those of a file that cannot be read now, or not wholly, stay.
        reading: how files are read.
        on_bytes: called, in another thread, with about how many bytes have been read since the last
            call; in all they are what :func:`total_bytes` says.

    Raises:
        CollectionBusy: another process is writing.
    """
    found = Found()
    pages = SourcePages(file for _, file in files)
    sizes = [file_size(file) for _, file in files]

    def items() -> Iterator[Item]:
        for (root, file), size in zip(files, sizes, strict=True):
            path = str(file.resolve())
            left = size
            for item in read_changed(collection.catalog, root, file, path, reading, pages):
                found.note(item)
                yield item, path
                if isinstance(item, Article):
                    taken = min(left, len(item.text.encode()))
                    left -= taken
                    on_bytes(taken)
            on_bytes(left)

    def finish(report: IngestReport) -> None:
        if prune:
            missing = gone(collection.catalog, {root.resolve() for root, _ in files}, found)
            report.removed = collection.catalog.delete_many(missing)

    return _ingest(collection, items(), finish)


def _ingest(
    collection: Collection,
    items: Iterator[Item],
    finish: Callable[[IngestReport], object] = lambda _: None,
    on_stop: Callable[[], object] = lambda: None,
    check: Callable[[], object] = lambda: None,
) -> IngestReport:
    started = time.perf_counter()
    report = IngestReport()
    with collection.writing():
        check()
        with (
            BatchReader(collection, items, on_stop) as batches,
            ThreadPoolExecutor(1, "store") as storing,
        ):
            last: Future[None] | None = None
            for batch in batches:
                entries = encode_articles(
                    collection.encoder, list(batch.articles.values()), collection.calibration
                )
                # One batch is stored while the next one is encoded.
                if last is not None:
                    last.result()
                last = storing.submit(_store, collection, batches, batch, entries, report)
            if last is not None:
                last.result()
        finish(report)
        collection.save()
    report.took_s = round(time.perf_counter() - started, 3)
    return report


def _store(
    collection: Collection,
    batches: BatchReader,
    batch: Batch,
    entries: Sequence[EncodedArticle],
    report: IngestReport,
) -> None:
    """Commit a batch, and count its articles."""
    known = {name: collection.catalog.content_hash(name) for name in batch.articles}
    # Files last: once they are noted, nothing else of theirs is looked at again.
    if batch.moved or (batch.files and not entries):
        collection.catalog.set_origins(batch.moved, {} if entries else batch.files)
    if entries:
        collection.put(entries, batch.files)
    for entry in entries:
        report.passages += len(entry.passages)
        if known[entry.article.id] is None:
            report.added += 1
        else:
            report.updated += 1
        language = entry.article.language
        if language not in LANGUAGES:
            report.other_languages[language] = report.other_languages.get(language, 0) + 1
    report.unchanged += batch.unchanged
    report.rejected += batch.rejected
    batches.stored(batch)
    collection.compact_if_grown()

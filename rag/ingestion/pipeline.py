"""From articles to a searchable collection: skip known ones, chunk, encode, store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from rag.collection.collection import Collection
from rag.ingestion.batches import ArticleBatch, BatchReader, Item
from rag.ingestion.crawl import Crawl
from rag.ingestion.encoding import encode_articles
from rag.ingestion.file_changes import SeenItems, file_size, missing_articles, read_if_changed
from rag.readers import DEFAULT_READING, Reading
from rag.readers.repeated_in_folder import SourcePages
from rag.records.passage import EncodedArticle
from rag.text.language import LANGUAGES
from tamngu.records.article import Article
from tamngu.records.ingest_report import IngestReport
from tamngu.records.rejection import Rejection


def ingest(
    collection: Collection,
    items: Iterable[Article | Rejection],
    check: Callable[[], object] = lambda: None,
) -> IngestReport:
    """Store articles in a collection.

    Articles are stored in batches, each in one transaction. When the function returns or is
    interrupted, every stored batch is durable, and no article is stored in part. While one batch is
    encoded, the next ones are read.

    Args:
        collection: the collection to write to.
        items: what the readers found, in order; a later article replaces an earlier one with its
            id. They are read in another thread.
        check: called before anything is read, when no other process can write; an error that it
            raises ends the ingest.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, ((item, None) for item in items), check=check)


def ingest_pages(collection: Collection, crawl: Crawl, urls: Sequence[str]) -> IngestReport:
    """Store the articles of web pages in a collection.

    A page that was fetched is durable within some seconds. A crawl that was interrupted, or that
    reached its maximum of pages, continues when the same URLs are given again.

    Args:
        collection: the collection to write to.
        crawl: how pages are fetched and read.
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
    """Store the articles of files in a collection; files that have not changed are not read.

    Args:
        collection: the collection to write to.
        files: pairs of a root and a file that :func:`rag.readers.files.find_files` found there.
        prune: whether to remove, at the end, articles that were once read from files under these
            roots and are not there any more. Articles of a file that cannot be read completely
            stay.
        reading: how files are read.
        on_bytes: called in another thread with the approximate number of bytes read since the last
            call; the sum is the result of :func:`rag.ingestion.file_changes.total_bytes`.

    Raises:
        CollectionBusy: another process is writing.
    """
    seen = SeenItems()
    pages = SourcePages(file for _, file in files)
    sizes = [file_size(file) for _, file in files]

    def items() -> Iterator[Item]:
        for (root, file), size in zip(files, sizes, strict=True):
            path = str(file.resolve())
            left = size
            for item in read_if_changed(collection.catalog, root, file, path, reading, pages):
                seen.note(item)
                yield item, path
                if isinstance(item, Article):
                    taken = min(left, len(item.text.encode()))
                    left -= taken
                    on_bytes(taken)
            on_bytes(left)

    def finish(report: IngestReport) -> None:
        if prune:
            roots = {root.resolve() for root, _ in files}
            missing = missing_articles(collection.catalog, roots, seen)
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
    batch: ArticleBatch,
    entries: Sequence[EncodedArticle],
    report: IngestReport,
) -> None:
    """Commit a batch, and add its numbers to the report."""
    known = {name: collection.catalog.articles.content_hash(name) for name in batch.articles}
    # Files are noted last: a file that is noted is not read again.
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

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
from rag.ingestion.file_changes import FileEnd, SeenItems, missing_articles, read_changed
from rag.isolation.limits import Limits
from rag.isolation.readers import Readers
from rag.readers import DEFAULT_READING, Reading
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


def ingest_items(
    collection: Collection,
    items: Iterator[Item],
    on_stop: Callable[[], object],
    on_stored: Callable[[Sequence[str]], object] = lambda paths: None,
    *,
    saves: bool = True,
) -> IngestReport:
    """Store what was read from documents in a collection.

    Args:
        collection: the collection to write to.
        items: what the readers found; it is read in another thread.
        on_stop: called if the ingest ends with an error, to end the reading of ``items``.
        on_stored: called, in another thread, with the paths of documents of which everything is
            stored.
        saves: whether the indexes are saved at the end; else somebody does so later.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, items, on_stop=on_stop, on_stored=on_stored, saves=saves)


def ingest_pages(
    collection: Collection,
    crawl: Crawl,
    urls: Sequence[str],
    on_stored: Callable[[Sequence[str]], object] = lambda paths: None,
) -> IngestReport:
    """Store the articles of web pages in a collection.

    A page that was fetched is durable within some seconds. A crawl that was interrupted, or that
    reached its maximum of pages, continues when the same URLs are given again.

    Args:
        collection: the collection to write to.
        crawl: how pages are fetched and read.
        urls: of pages, feeds and sitemaps.
        on_stored: as :func:`ingest_items` takes it.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, crawl.items(urls), on_stop=crawl.stop, on_stored=on_stored)


def ingest_files(
    collection: Collection,
    files: Sequence[tuple[Path, Path]],
    *,
    prune: bool = False,
    reading: Reading = DEFAULT_READING,
    limits: Limits | None = None,
    on_bytes: Callable[[int], object] = lambda _: None,
) -> IngestReport:
    """Store the articles of files in a collection; files that have not changed are not read.

    Files are parsed in other processes; one that costs too much is rejected.

    Args:
        collection: the collection to write to.
        files: pairs of a root and a file that :func:`rag.readers.files.find_files` found there.
        prune: whether to remove, at the end, articles that were once read from files under these
            roots and are not there any more. Articles of a file that cannot be read completely
            stay.
        reading: how files are read.
        limits: what reading a file may cost; default: as the environment says.
        on_bytes: called in another thread with the approximate number of bytes read since the last
            call; the sum is the result of :func:`rag.ingestion.file_changes.total_bytes`.

    Raises:
        CollectionBusy: another process is writing.
        BadLimits: the environment says what is not allowed.
        ReadersFailed: no process can be started.
    """
    seen = SeenItems()

    def items(readers: Readers) -> Iterator[Item]:
        left: dict[str, int] = {}
        for found, item in read_changed(collection.catalog, files, readers):
            seen.note(item)
            yield item, found.path
            size = left.setdefault(found.path, found.size)
            if isinstance(item, FileEnd):
                on_bytes(left.pop(found.path))
            elif isinstance(item, Article):
                taken = min(size, len(item.text.encode()))
                left[found.path] = size - taken
                on_bytes(taken)

    def finish(report: IngestReport) -> None:
        if prune:
            roots = {root.resolve() for root, _ in files}
            missing = missing_articles(collection.catalog, roots, seen)
            report.removed = collection.catalog.delete_many(missing)

    with Readers(reading, limits) as readers:
        return _ingest(collection, items(readers), finish, on_stop=readers.stop)


def _ingest(
    collection: Collection,
    items: Iterator[Item],
    finish: Callable[[IngestReport], object] = lambda _: None,
    on_stop: Callable[[], object] = lambda: None,
    check: Callable[[], object] = lambda: None,
    on_stored: Callable[[Sequence[str]], object] = lambda paths: None,
    saves: bool = True,
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
                last = storing.submit(
                    _store, collection, batches, batch, entries, report, on_stored
                )
                last.add_done_callback(lambda _: batches.settled())
            if last is not None:
                last.result()
        finish(report)
        if saves:
            collection.save()
    report.took_s = round(time.perf_counter() - started, 3)
    return report


def _store(
    collection: Collection,
    batches: BatchReader,
    batch: ArticleBatch,
    entries: Sequence[EncodedArticle],
    report: IngestReport,
    on_stored: Callable[[Sequence[str]], object],
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
    report.reject(batch.rejected)
    batches.stored(batch)
    on_stored(batch.ended)
    collection.compact_if_grown()

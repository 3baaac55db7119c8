"""An import: it reads uploaded files or fetches pages, and counts what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from api.error_responses import without_paths
from rag.catalog.catalog import Catalog
from rag.collection.collection import Collection
from rag.fetching import Fetcher, FetchLimits
from rag.ingestion.batches import Item
from rag.ingestion.crawl import Crawl
from rag.ingestion.file_changes import FileEnd, file_size
from rag.ingestion.pipeline import ingest, ingest_pages
from rag.readers import Document, Reading, read_document
from rag.readers.pages.repeated_in_stream import with_repeated
from rag.readers.registry import kind_of
from tamngu.records.article import Article
from tamngu.records.ingest_report import IngestReport
from tamngu.records.job import ImportAsked, ImportResult, Progress
from tamngu.records.rejection import Rejection

MAX_REJECTIONS = 1000
"""Rejections that are kept for each job; further ones are only counted."""


class Halted(Exception):
    """A job was halted before its end; what it has stored stays."""


class ImportListener:
    """Counts what one import does, and can halt it from another thread."""

    def __init__(self, catalog: Catalog, home: Path, start: Progress) -> None:
        """Begin to count.

        Args:
            catalog: of the collection that the import writes to.
            home: a folder whose path no rejection may contain.
            start: what is to be done.
        """
        self._catalog = catalog
        self._home = home
        self._lock = threading.Lock()
        self._halted = threading.Event()
        self._progress = start
        self._rejections: list[Rejection] = []
        # Articles that were read but are not stored yet: content hash, and whether the id is new.
        self._pending: dict[str, tuple[str, bool]] = {}
        self.on_halt: Callable[[], object] = lambda: None

    def halt(self) -> None:
        """Halt the import at its next item."""
        if not self._halted.is_set():
            self._halted.set()
            self.on_halt()

    def progress(self) -> tuple[Progress, tuple[Rejection, ...]]:
        """Return how far the import is, and its rejections; articles count once they are stored."""
        with self._lock:
            added = updated = 0
            for article_id, (content_hash, is_new) in list(self._pending.items()):
                if self._catalog.articles.content_hash(article_id) == content_hash:
                    del self._pending[article_id]
                    added += is_new
                    updated += not is_new
            self._add(added=added, updated=updated)
            return self._progress, tuple(self._rejections)

    def advance(self, done: int, more: int = 0) -> None:
        """Add bytes or pages that are done, and pages that were discovered."""
        with self._lock:
            self._add(done=done, total=more)

    def check(self) -> None:
        """Return if the import may go on.

        Raises:
            Halted: it has to stop.
        """
        if self._halted.is_set():
            raise Halted

    def on_item(self, item: Article | Rejection | FileEnd) -> None:
        """Count an item that was read.

        Raises:
            Halted: the import has to stop.
        """
        self.check()
        if isinstance(item, Article):
            stored = self._catalog.articles.content_hash(item.id)
        with self._lock:
            if isinstance(item, FileEnd):
                self._add(unchanged=item.unchanged or 0)
            elif isinstance(item, Rejection):
                self._add(rejected=1)
                if len(self._rejections) < MAX_REJECTIONS:
                    self._rejections.append(Rejection(item.where, item.reason))
            elif stored == item.content_hash and item.id not in self._pending:
                self._add(unchanged=1)
            else:
                self._pending[item.id] = (item.content_hash, stored is None)

    def finish(self, report: IngestReport) -> None:
        """Replace the counts by those of the report on the whole import."""
        with self._lock:
            self._pending.clear()
            self._progress = replace(
                self._progress,
                done=self._progress.total,
                added=report.added,
                updated=report.updated,
                unchanged=report.unchanged,
                rejected=len(report.rejected),
            )

    def without_server_paths(self, rejection: Rejection) -> Rejection:
        """Return a rejection whose reason names no folder of the server."""
        return Rejection(rejection.where, without_paths(rejection.reason, self._home))

    def _add(self, **more: int) -> None:
        known = self._progress
        self._progress = replace(known, **{n: getattr(known, n) + k for n, k in more.items()})


def result_of(report: IngestReport) -> ImportResult:
    """Return a report in the form that jobs have."""
    return ImportResult(
        report.added,
        report.updated,
        report.unchanged,
        report.removed,
        report.passages,
        len(report.rejected),
        report.other_languages,
        report.took_s,
    )


def stored_paths(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return where a job's uploads are stored; no part of a client's file names is in a path."""
    return [folder / f"{number:04d}" for number in range(len(names))]


def import_files(
    collection: Collection, asked: ImportAsked, folder: Path, listener: ImportListener
) -> IngestReport:
    """Import the articles of uploaded files into a collection.

    Raises:
        Halted: the import was halted.
        CollectionBusy: another process is writing.
    """
    return ingest(collection, _uploaded(asked, folder, listener))


def _uploaded(
    asked: ImportAsked, folder: Path, listener: ImportListener
) -> Iterator[Article | Rejection]:
    reading = _reading(asked)
    paths = stored_paths(folder, asked.files)
    sizes = {_key(name): file_size(path) for name, path in zip(asked.files, paths, strict=True)}
    documents: Iterator[Article | Rejection | Document] = (
        _document(name, path) for name, path in zip(asked.files, paths, strict=True)
    )
    for document in documents if asked.keep_boilerplate else with_repeated(documents):
        assert isinstance(document, Document)
        remaining = sizes[document.key]
        for found in read_document(document, reading):
            item = listener.without_server_paths(found) if isinstance(found, Rejection) else found
            listener.on_item(item)
            yield item
            if isinstance(item, Article):
                read = min(remaining, len(item.text.encode()))
                remaining -= read
                listener.advance(read)
        listener.advance(remaining)


def _reading(asked: ImportAsked) -> Reading:
    return Reading(asked.keep_boilerplate, asked.fields)


def _key(name: str) -> str:
    """Return the key of an upload's articles; an upload of the same name replaces them."""
    return f"upload:{name}"


def _document(name: str, path: Path) -> Document:
    return Document(
        name=name,
        key=_key(name),
        kind=kind_of(name) or "",
        source=name,
        open=lambda: path.open("rb"),
    )


@dataclass(frozen=True)
class _CountedCrawl(Crawl):
    """A crawl that calls a function with each item, which may halt the crawl."""

    on_item: Callable[[Article | Rejection | FileEnd], object] = lambda item: None

    def items(self, urls: Sequence[str]) -> Iterator[Item]:
        for item, origin in super().items(urls):
            self.on_item(item)
            yield item, origin


def import_pages(
    collection: Collection, asked: ImportAsked, listener: ImportListener, *, allow_private: bool
) -> IngestReport:
    """Import the articles of web pages into a collection.

    Args:
        collection: to import into.
        asked: which pages.
        listener: counts the pages.
        allow_private: whether pages may be fetched from private addresses.

    Raises:
        Halted: the import was halted.
        CollectionBusy: another process is writing.
    """
    report = IngestReport()
    limits = FetchLimits(delay_s=asked.delay_s, allow_private=allow_private)
    with Fetcher(limits) as fetcher:
        listener.on_halt = fetcher.stop
        for urls, feeds_only in ((asked.urls, False), (asked.feeds, True)):
            if urls:
                crawl = _CountedCrawl(
                    collection.catalog,
                    fetcher,
                    _reading(asked),
                    asked.most,
                    feeds_only,
                    listener.advance,
                    listener.on_item,
                )
                report += ingest_pages(collection, crawl, urls)
    return report

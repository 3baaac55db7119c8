"""What an import does: reads uploaded files, or fetches pages, and counts what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from api.jobs.job import MOST_REJECTIONS, ImportAsked, ImportResult, Progress, Rejected
from api.problem import without_paths
from rag.catalog.catalog import Catalog
from rag.collection.collection import Collection
from rag.fetching import Fetcher, FetchLimits
from rag.ingestion.batches import Item
from rag.ingestion.crawl import Crawl
from rag.ingestion.file_changes import FileEnd, file_size
from rag.ingestion.pipeline import IngestReport, ingest, ingest_pages
from rag.readers import Document, Rejection, read_document
from rag.readers.kinds import kind_of
from rag.readers.pages.learning import with_repeated
from tamngu.records.article import Article


class Halted(Exception):
    """An import was told to stop; what it has stored stays."""


class Watch:
    """Counts what one import does, and lets it be stopped from another thread."""

    def __init__(self, catalog: Catalog, home: Path, start: Progress) -> None:
        """Begin.

        Args:
            catalog: what is stored.
            home: a folder that no rejection may name.
            start: what is to be done.
        """
        self._catalog = catalog
        self._home = home
        self._lock = threading.Lock()
        self._halted = threading.Event()
        self._progress = start
        self._rejections: list[Rejected] = []
        # Content hash, and whether it is new, of articles on their way into the catalog.
        self._coming: dict[str, tuple[str, bool]] = {}
        self.on_halt: Callable[[], object] = lambda: None

    def halt(self) -> None:
        """Let the import stop at its next item."""
        if not self._halted.is_set():
            self._halted.set()
            self.on_halt()

    def seen(self) -> tuple[Progress, tuple[Rejected, ...]]:
        """Return how far the import is, counting articles once they are stored."""
        with self._lock:
            added = updated = 0
            for article_id, (content_hash, is_new) in list(self._coming.items()):
                if self._catalog.content_hash(article_id) == content_hash:
                    del self._coming[article_id]
                    added += is_new
                    updated += not is_new
            self._count(added=added, updated=updated)
            return self._progress, tuple(self._rejections)

    def advance(self, done: int, more: int = 0) -> None:
        """Count bytes or pages: done, and known of newly."""
        with self._lock:
            self._count(done=done, total=more)

    def check(self) -> None:
        """Go on, unless the import is to stop.

        Raises:
            Halted: it is.
        """
        if self._halted.is_set():
            raise Halted

    def note(self, item: Article | Rejection | FileEnd) -> None:
        """Count an item that was read.

        Raises:
            Halted: the import is to stop.
        """
        self.check()
        if isinstance(item, Article):
            stored = self._catalog.content_hash(item.id)
        with self._lock:
            if isinstance(item, FileEnd):
                self._count(unchanged=item.unchanged or 0)
            elif isinstance(item, Rejection):
                self._count(rejected=1)
                if len(self._rejections) < MOST_REJECTIONS:
                    self._rejections.append(Rejected(item.where, item.reason))
            elif stored == item.content_hash and item.id not in self._coming:
                self._count(unchanged=1)
            else:
                self._coming[item.id] = (item.content_hash, stored is None)

    def finish(self, report: IngestReport) -> None:
        """Count what a report of the whole says."""
        with self._lock:
            self._coming.clear()
            self._progress = replace(
                self._progress,
                done=self._progress.total,
                added=report.added,
                updated=report.updated,
                unchanged=report.unchanged,
                rejected=len(report.rejected),
            )

    def cleared(self, rejection: Rejection) -> Rejection:
        """Return a rejection that names nothing of the server's."""
        return Rejection(rejection.where, without_paths(rejection.reason, self._home))

    def _count(self, **more: int) -> None:
        known = self._progress
        self._progress = replace(known, **{n: getattr(known, n) + k for n, k in more.items()})


def result_of(report: IngestReport) -> ImportResult:
    """Return the counts of a report."""
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
    """Return where a job's uploads are; nothing of a name that a client chose is in a path."""
    return [folder / f"{number:04d}" for number in range(len(names))]


def import_files(
    collection: Collection, asked: ImportAsked, folder: Path, watch: Watch
) -> IngestReport:
    """Bring the articles of uploaded files into a collection.

    Raises:
        Halted: the import was stopped.
        CollectionBusy: another process is writing.
    """
    return ingest(collection, _uploaded(asked, folder, watch))


def _uploaded(asked: ImportAsked, folder: Path, watch: Watch) -> Iterator[Article | Rejection]:
    reading = asked.reading()
    paths = stored_paths(folder, asked.files)
    sizes = {_key(name): file_size(path) for name, path in zip(asked.files, paths, strict=True)}
    documents: Iterator[Article | Rejection | Document] = (
        _document(name, path) for name, path in zip(asked.files, paths, strict=True)
    )
    for document in documents if asked.keep_boilerplate else with_repeated(documents):
        assert isinstance(document, Document)
        left = sizes[document.key]
        for found in read_document(document, reading):
            item = watch.cleared(found) if isinstance(found, Rejection) else found
            watch.note(item)
            yield item
            if isinstance(item, Article):
                taken = min(left, len(item.text.encode()))
                left -= taken
                watch.advance(taken)
        watch.advance(left)


def _key(name: str) -> str:
    """Return what an upload's articles are known by: a file of the same name replaces them."""
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
class _WatchedCrawl(Crawl):
    """A crawl whose items are counted, and that can be halted between two of them."""

    note: Callable[[Article | Rejection | FileEnd], object] = lambda item: None

    def items(self, urls: Sequence[str]) -> Iterator[Item]:
        for item, origin in super().items(urls):
            self.note(item)
            yield item, origin


def import_pages(
    collection: Collection, asked: ImportAsked, watch: Watch, *, allow_private: bool
) -> IngestReport:
    """Bring the articles of web pages into a collection.

    Args:
        collection: where to.
        asked: which pages.
        watch: what counts them.
        allow_private: whether addresses that are not public may be reached.

    Raises:
        Halted: the import was stopped.
        CollectionBusy: another process is writing.
    """
    report = IngestReport()
    limits = FetchLimits(delay_s=asked.delay_s, allow_private=allow_private)
    with Fetcher(limits) as fetcher:
        watch.on_halt = fetcher.stop
        for urls, feeds_only in ((asked.urls, False), (asked.feeds, True)):
            if urls:
                crawl = _WatchedCrawl(
                    collection.catalog,
                    fetcher,
                    asked.reading(),
                    asked.most,
                    feeds_only,
                    watch.advance,
                    watch.note,
                )
                report += ingest_pages(collection, crawl, urls)
    return report

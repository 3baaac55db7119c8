"""An import: it reads uploaded files or fetches pages, and counts what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from api.error_responses import without_paths
from rag.catalog.catalog import Catalog
from rag.collection.collection import Collection
from rag.fetching import Fetcher, FetchLimits
from rag.ingestion.attempts import Attempts, read_each
from rag.ingestion.batches import Item, Settle
from rag.ingestion.crawl import Crawl
from rag.ingestion.file_changes import FileEnd
from rag.ingestion.pipeline import ingest_items, ingest_pages
from rag.isolation.readers import Readers
from rag.readers import Document, Reading
from rag.readers.files import file_size, open_file
from rag.readers.pages.repeated_in_stream import with_repeated
from rag.readers.registry import kind_of
from tamngu.records.article import Article
from tamngu.records.ingest_report import IngestReport
from tamngu.records.job import ImportAsked, ImportResult, Progress
from tamngu.records.rejection import MAX_REJECTIONS, Rejection

ATTEMPTS = "attempts"
"""The name of the file, in the folder of a job, that counts attempts to read a document."""


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

    def on_item(self, item: Article | Rejection | FileEnd | Settle) -> None:
        """Count an item that was read.

        Raises:
            Halted: the import has to stop.
        """
        self.check()
        if isinstance(item, Article):
            stored = self._catalog.articles.content_hash(item.id)
        with self._lock:
            if isinstance(item, Settle):
                return
            if isinstance(item, FileEnd):
                self._add(unchanged=item.unchanged or 0)
            elif isinstance(item, Rejection):
                self._add(rejected=item.count)
                if len(self._rejections) < MAX_REJECTIONS:
                    self._rejections.append(item)
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
                rejected=report.rejected_count,
            )

    def without_server_paths(self, rejection: Rejection) -> Rejection:
        """Return a rejection whose reason names no folder of the server."""
        return replace(rejection, reason=without_paths(rejection.reason, self._home))

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
        report.rejected_count,
        report.other_languages,
        report.took_s,
    )


def stored_paths(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return where a job's uploads are stored; no part of a client's file names is in a path."""
    return [folder / f"{number:04d}" for number in range(len(names))]


def import_files(
    collection: Collection,
    asked: ImportAsked,
    folder: Path,
    listener: ImportListener,
    open_readers: Callable[..., Readers] = Readers,
) -> IngestReport:
    """Import the articles of uploaded files into a collection.

    Args:
        collection: to import into.
        asked: which files.
        folder: of the job; it has the files.
        listener: counts the articles.
        open_readers: returns what reads the files; it takes ``reading`` and ``check``.

    Raises:
        Halted: the import was halted.
        CollectionBusy: another process is writing.
    """
    with (
        Attempts(folder / ATTEMPTS) as attempts,
        open_readers(reading_of(asked), check=listener.check) as readers,
    ):
        items = _uploaded(asked, folder, listener, readers, attempts)
        return ingest_items(collection, items, readers.stop, attempts.end)


def _uploaded(
    asked: ImportAsked,
    folder: Path,
    listener: ImportListener,
    readers: Readers,
    attempts: Attempts,
) -> Iterator[Item]:
    paths = stored_paths(folder, asked.files)
    left = {_key(name): file_size(path) for name, path in zip(asked.files, paths, strict=True)}
    documents: Iterator[Article | Rejection | Document] = (
        uploaded_document(name, path) for name, path in zip(asked.files, paths, strict=True)
    )
    if not asked.keep_boilerplate:
        documents = with_repeated(documents, readers.uncut_text)
    only = (document for document in documents if isinstance(document, Document))
    for document, found in read_each(only, readers, attempts):
        if document is None or isinstance(found, Settle):
            if isinstance(found, Settle):
                yield found, None
            continue
        item = FileEnd(document.key, None) if found is None else found
        if isinstance(item, Rejection):
            item = listener.without_server_paths(item)
        listener.on_item(item)
        yield item, None
        read = left[document.key]
        if isinstance(item, Article):
            read = min(read, len(item.text.encode()))
        if not isinstance(item, Rejection):
            left[document.key] -= read
            listener.advance(read)


def reading_of(asked: ImportAsked) -> Reading:
    """Return how an import reads its documents."""
    return Reading(asked.keep_boilerplate, asked.fields)


def _key(name: str) -> str:
    """Return the key of an upload's articles; an upload of the same name replaces them."""
    return f"upload:{name}"


def uploaded_document(name: str, path: Path) -> Document:
    """Return an uploaded file, which is stored at a path, as a document."""
    return Document(
        name=name,
        key=_key(name),
        kind=kind_of(name) or "",
        source=name,
        open=partial(open_file, path),
        size=file_size(path),
    )


@dataclass(frozen=True)
class _CountedCrawl(Crawl):
    """A crawl that calls a function with each item, which may halt the crawl."""

    on_item: Callable[[Article | Rejection | FileEnd | Settle], object] = lambda item: None

    def items(self, urls: Sequence[str]) -> Iterator[Item]:
        for item, origin in super().items(urls):
            self.on_item(item)
            yield item, origin


def import_pages(
    collection: Collection,
    asked: ImportAsked,
    folder: Path,
    listener: ImportListener,
    open_readers: Callable[..., Readers] = Readers,
    *,
    allow_private: bool,
) -> IngestReport:
    """Import the articles of web pages into a collection.

    Args:
        collection: to import into.
        asked: which pages.
        folder: of the job; it is made if it does not exist.
        listener: counts the pages.
        open_readers: returns what reads the pages; it takes ``reading`` and ``check``.
        allow_private: whether pages may be fetched from private addresses.

    Raises:
        Halted: the import was halted.
        CollectionBusy: another process is writing.
    """
    report = IngestReport()
    limits = FetchLimits(delay_s=asked.delay_s, allow_private=allow_private)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        Attempts(folder / ATTEMPTS) as attempts,
        open_readers(reading_of(asked), check=listener.check) as readers,
        Fetcher(limits) as fetcher,
    ):
        listener.on_halt = fetcher.stop
        for urls, feeds_only in ((asked.urls, False), (asked.feeds, True)):
            if urls:
                crawl = _CountedCrawl(
                    collection.catalog,
                    fetcher,
                    readers,
                    asked.most,
                    feeds_only,
                    listener.advance,
                    attempts,
                    listener.on_item,
                )
                report += ingest_pages(collection, crawl, urls, attempts.end)
    return report

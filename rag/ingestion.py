"""From articles to a searchable collection: skip what is known, chunk, encode, store."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from rag.article import Article
from rag.chunking import PASSAGE_TOKENS, chunk
from rag.collection import Collection
from rag.near_duplicates import Signature, signature
from rag.passage import EncodedArticle, EncodedPassage, Passage
from rag.readers import Rejection, read_file, source_name

_BATCH_PASSAGES = 128
"""Passages encoded and committed together: enough to batch well, few enough to lose on Ctrl-C."""

_WAITING_BATCHES = 2
"""Read, and held in memory, while one is encoded."""

_PATIENCE_S = 0.2
"""Seconds between looks at whether the other thread has ended."""


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
        took_s: seconds.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    took_s: float = 0.0


@dataclass(frozen=True)
class FileEnd:
    """Comes after all that a file holds.

    Attributes:
        path: absolute.
        digest: of its content, to know it again; None when not all of it was taken.
        unchanged: how many articles it has, when it is as it was and need not even be parsed.
    """

    path: str
    digest: str | None
    unchanged: int | None = None


@dataclass
class _Batch:
    """What is encoded and stored together."""

    articles: dict[str, _Chunked] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    """Unchanged articles that were read from another file before, and from which now."""
    passages: int = 0

    @property
    def size(self) -> int:
        """In passages; one that only notes where articles are now is stored too when it is long."""
        return self.passages + len(self.moved)

    def add(self, chunked: _Chunked) -> None:
        self.articles[chunked.article.id] = chunked
        self.passages += len(chunked.passages)


@dataclass(frozen=True)
class _Chunked:
    article: Article
    passages: Sequence[Passage]
    origin: str | None
    signature: Signature


_Item = tuple[Article | Rejection | FileEnd, str | None]
"""What was read, and the absolute path of the file that it was read from."""


def ingest(collection: Collection, items: Iterable[Article | Rejection]) -> IngestReport:
    """Bring articles into a collection.

    Articles are stored in batches, each in one transaction; when this returns, or is interrupted,
    every stored batch is durable and no article is there in part. While one batch is encoded the
    next ones are read.

    Args:
        collection: where to.
        items: what the readers found, in order; a later article replaces an earlier one of its id.
            They are read in a thread of its own.

    Raises:
        CollectionBusy: another process is writing.
    """
    return _ingest(collection, ((item, None) for item in items), lambda report: None)


def ingest_files(
    collection: Collection,
    files: Sequence[tuple[Path, Path]],
    *,
    prune: bool = False,
    on_bytes: Callable[[int], object] = lambda _: None,
) -> IngestReport:
    """Bring the articles of files into a collection; files that have not changed are passed over.

    Args:
        collection: where to.
        files: (root, file) pairs, as of :func:`rag.readers.registry.find_files`.
        prune: afterwards remove the articles that were read from under these roots once and no
            longer are. Those of a file that cannot be read now, or not wholly, stay.
        on_bytes: called, in another thread, with about how many bytes have been read since the last
            call; in all they are what :func:`total_bytes` says.

    Raises:
        CollectionBusy: another process is writing.
    """
    found = _Found()
    sizes = [_size(file) for _, file in files]

    def items() -> Iterator[_Item]:
        for (root, file), size in zip(files, sizes, strict=True):
            path = str(file.resolve())
            left = size
            for item in _read(collection, root, file, path):
                found.note(item)
                yield item, path
                if isinstance(item, Article):
                    taken = min(left, len(item.text.encode()))
                    left -= taken
                    on_bytes(taken)
            on_bytes(left)

    def finish(report: IngestReport) -> None:
        if prune:
            gone = _gone(collection, {root.resolve() for root, _ in files}, found)
            report.removed = collection.catalog.delete_many(gone)

    return _ingest(collection, items(), finish)


def total_bytes(files: Sequence[tuple[Path, Path]]) -> int:
    """Return what files take on disk together, those that cannot be looked at taken as empty."""
    return sum(_size(file) for _, file in files)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


@dataclass
class _Found:
    """What an ingest has come across: article ids, and files that it knows all of."""

    articles: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)

    def note(self, item: Article | Rejection | FileEnd) -> None:
        if isinstance(item, Article):
            self.articles.add(item.id)
        elif isinstance(item, FileEnd) and item.unchanged is not None:
            self.unchanged.add(item.path)
        elif isinstance(item, FileEnd) and item.digest is not None:
            self.read.add(item.path)


def _read(
    collection: Collection, root: Path, file: Path, path: str
) -> Iterator[Article | Rejection | FileEnd]:
    """Yield what a file holds, then its end; nothing but its end when all of it is stored."""
    source = source_name(root, file)
    digest = _digest(file, source)
    if digest is not None and collection.catalog.file_digest(path) == digest:
        yield FileEnd(path, None, unchanged=collection.catalog.count_from(path))
        return
    for item in read_file(file, source):
        if isinstance(item, Rejection):
            digest = None
        yield item
    yield FileEnd(path, digest)


def _digest(file: Path, source: str) -> str | None:
    """Return a digest of all that decides what a file's articles are, None where it has none."""
    digest = hashlib.sha256(f"{version('tamngu')}\0{source}\0".encode("utf-8", "surrogateescape"))
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def _gone(collection: Collection, roots: set[Path], found: _Found) -> list[str]:
    """Return the articles that were read from under the roots and are in no file there now."""
    gone = []
    for article_id, origin in collection.catalog.origins():
        path = Path(origin)
        if article_id in found.articles or origin in found.unchanged:
            continue
        if not any(root == path or root in path.parents for root in roots):
            continue
        if origin in found.read or _is_gone(path):
            gone.append(article_id)
    return gone


def _is_gone(path: Path) -> bool:
    """Tell whether there is no such file, rather than one that cannot be looked at now."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _ingest(
    collection: Collection,
    items: Iterator[_Item],
    finish: Callable[[IngestReport], object],
) -> IngestReport:
    started = time.perf_counter()
    report = IngestReport()
    with collection.writing():
        with _Reader(collection, items, report) as batches:
            for batch in batches:
                _store(collection, batch, report)
                batches.stored(batch)
                collection.compact_if_grown()
        finish(report)
        collection.save()
    report.took_s = round(time.perf_counter() - started, 3)
    return report


class _Reader:
    """Reads, compares and chunks in a thread of its own, a few batches ahead."""

    def __init__(
        self, collection: Collection, items: Iterator[_Item], report: IngestReport
    ) -> None:
        self._collection = collection
        self._items = items
        self._report = report
        self._ahead: queue.Queue[_Batch | BaseException | None] = queue.Queue(_WAITING_BATCHES)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        # Content of articles that are on their way into the catalog.
        self._coming: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def __enter__(self) -> _Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def __iter__(self) -> Iterator[_Batch]:
        while (batch := self._next()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch

    def stored(self, batch: _Batch) -> None:
        """Take note that a batch is in the catalog now."""
        with self._lock:
            for chunked in batch.articles.values():
                if self._coming.get(chunked.article.id) == chunked.article.content_hash:
                    del self._coming[chunked.article.id]

    def _next(self) -> _Batch | BaseException | None:
        # Not one long wait: Ctrl-C is heard between two.
        while True:
            try:
                return self._ahead.get(timeout=_PATIENCE_S)
            except queue.Empty:
                continue

    def _run(self) -> None:
        try:
            for batch in self._batches():
                self._hand_on(batch)
            self._hand_on(None)
        except BaseException as error:
            self._hand_on(error)

    def _hand_on(self, batch: _Batch | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._ahead.put(batch, timeout=_PATIENCE_S)
            except queue.Full:
                continue
            return

    def _batches(self) -> Iterator[_Batch]:
        batch = _Batch()
        for item, origin in self._items:
            if self._stopped.is_set():
                return
            if isinstance(item, Rejection):
                self._report.rejected.append(item)
            elif isinstance(item, FileEnd):
                if item.unchanged is not None:
                    self._report.unchanged += item.unchanged
                elif item.digest is not None:
                    batch.files[item.path] = item.digest
            elif self._is_known(item):
                self._report.unchanged += 1
                if origin is not None and self._collection.catalog.origin(item.id) != origin:
                    batch.moved[item.id] = origin
            else:
                if item.id in batch.articles:
                    yield batch
                    batch = _Batch()
                batch.add(self._chunked(item, origin))
            if batch.size >= _BATCH_PASSAGES:
                yield batch
                batch = _Batch()
        yield batch

    def _is_known(self, article: Article) -> bool:
        """Tell whether just this content is there under its id, or on its way."""
        with self._lock:
            coming = self._coming.get(article.id)
        if coming is None:
            coming = self._collection.catalog.content_hash(article.id)
        return coming == article.content_hash

    def _chunked(self, article: Article, origin: str | None) -> _Chunked:
        with self._lock:
            self._coming[article.id] = article.content_hash
        encoder = self._collection.encoder
        limit = min(PASSAGE_TOKENS, encoder.max_passage_tokens)
        passages = chunk(article, encoder.count_tokens, limit)
        return _Chunked(article, passages, origin, signature(article.text))


def _store(collection: Collection, batch: _Batch, report: IngestReport) -> None:
    """Encode and commit a batch, and count its articles."""
    entries = _encode(collection, list(batch.articles.values()))
    known = {name: collection.catalog.content_hash(name) for name in batch.articles}
    if batch.moved:
        collection.catalog.set_origins(batch.moved, {} if entries else batch.files)
    if entries:
        collection.put(entries, batch.files)
    elif batch.files:
        collection.catalog.set_origins({}, batch.files)
    for entry in entries:
        report.passages += len(entry.passages)
        if known[entry.article.id] is None:
            report.added += 1
        else:
            report.updated += 1


def _encode(collection: Collection, articles: Sequence[_Chunked]) -> list[EncodedArticle]:
    """Encode passages and their sentences, all in one go, and deal the vectors out again."""
    texts = []
    for chunked in articles:
        text = chunked.article.text
        for passage in chunked.passages:
            texts.append(text[passage.start : passage.end])
            texts.extend(sentence.of(text) for sentence in passage.sentences)
    if not texts:
        return []
    vectors = collection.encoder.encode_passages(texts)
    at = 0
    result = []
    for chunked in articles:
        encoded = []
        for passage in chunked.passages:
            end = at + 1 + len(passage.sentences)
            encoded.append(EncodedPassage(passage, vectors[at], vectors[at + 1 : end]))
            at = end
        result.append(EncodedArticle(chunked.article, encoded, chunked.origin, chunked.signature))
    return result

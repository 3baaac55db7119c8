"""Batches of articles: they are compared with what is stored, chunked, and collected."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rag.collection.collection import Collection
from rag.ingestion.encoding import ChunkedArticle, chunk_article
from rag.ingestion.file_changes import FileEnd
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

BATCH_PASSAGES = 256
"""Passages that are encoded and committed together: enough for a fast encoder, and few to lose on
Ctrl-C. With 128, an ingest takes 5 to 10 percent longer."""

_MAX_WAITING = 2
"""Batches that are held in memory while another one is encoded."""

_AGE_S = 10.0
"""Seconds after which a batch is passed on although it is small: pages come slowly, and they are to
be stored soon after they were fetched."""

_CHECK_INTERVAL_S = 0.2
"""Seconds between two checks whether the other thread has ended."""

_SETTLE_CHECK_S = 0.02
"""Seconds between two checks whether everything was stored."""


class Settle:
    """A point at which everything before it is stored before anything after it is read."""


SETTLE = Settle()

Item = tuple[Article | Rejection | FileEnd | Settle, str | None]
"""What was read, and the absolute path or the URL that it was read from."""


@dataclass
class ArticleBatch:
    """Articles that are encoded and stored together, and what else is stored with them.

    Attributes:
        articles: new and changed articles, by id.
        files: digests of files, by path, whose last article is in this batch or an earlier one.
        moved: ids of unchanged articles that were read from another file before, and that file now.
        passages: number of passages of the articles.
        unchanged: number of articles that are already stored with the same content.
        rejected: what could not be read, with the reasons.
        ended: paths and URLs of which everything is in this batch or an earlier one.
    """

    articles: dict[str, ChunkedArticle] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    passages: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """In passages; what else is stored counts as well, so that it is stored in time."""
        return self.passages + len(self.moved) + len(self.files) + len(self.rejected)

    def add(self, chunked: ChunkedArticle) -> None:
        """Add an article; the batch must not have one with its id."""
        self.articles[chunked.article.id] = chunked
        self.passages += len(chunked.passages)


class BatchReader:
    """Reads, compares and chunks articles in a thread of its own, a few batches ahead."""

    def __init__(
        self, collection: Collection, items: Iterator[Item], on_stop: Callable[[], object]
    ) -> None:
        """Create a reader; use it as a context manager, which stops the thread at its end.

        Args:
            collection: the collection that articles are compared with.
            items: what is read.
            on_stop: called if the context ends with an exception, to end the reading of ``items``.
        """
        self._collection = collection
        self._on_stop = on_stop
        self._items = items
        self._ahead: queue.Queue[ArticleBatch | BaseException | None] = queue.Queue(_MAX_WAITING)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        # Content hashes, by id, of articles that are not yet in the catalog.
        self._pending: dict[str, str] = {}
        self._passed_on = 0
        self._settled = 0
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def __enter__(self) -> BatchReader:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stopped.set()
        if kind is not None:
            self._on_stop()
        self._thread.join()

    def __iter__(self) -> Iterator[ArticleBatch]:
        while (batch := self._next()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch

    def stored(self, batch: ArticleBatch) -> None:
        """Note that a batch is in the catalog."""
        with self._lock:
            for chunked in batch.articles.values():
                if self._pending.get(chunked.article.id) == chunked.article.content_hash:
                    del self._pending[chunked.article.id]

    def settled(self) -> None:
        """Note that the storing of the next batch has ended, successfully or not."""
        self._settled += 1

    def _next(self) -> ArticleBatch | BaseException | None:
        # Short waits, because Ctrl-C has an effect only between them.
        while True:
            try:
                return self._ahead.get(timeout=_CHECK_INTERVAL_S)
            except queue.Empty:
                continue

    def _run(self) -> None:
        try:
            for batch in self._batches():
                self._passed_on += 1
                self._put(batch)
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _put(self, batch: ArticleBatch | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._ahead.put(batch, timeout=_CHECK_INTERVAL_S)
            except queue.Full:
                continue
            return

    def _batches(self) -> Iterator[ArticleBatch]:
        batch = ArticleBatch()
        begun = time.monotonic()
        for item, origin in self._items:
            if self._stopped.is_set():
                return
            if isinstance(item, Settle):
                yield batch
                batch, begun = ArticleBatch(), time.monotonic()
                self._wait_until_settled()
                continue
            if isinstance(item, Article) and item.id in batch.articles:
                yield batch
                batch, begun = ArticleBatch(), time.monotonic()
            self._add(item, origin, batch)
            if batch.size >= BATCH_PASSAGES or time.monotonic() - begun > _AGE_S:
                yield batch
                batch, begun = ArticleBatch(), time.monotonic()
        yield batch

    def _wait_until_settled(self) -> None:
        while self._settled < self._passed_on and not self._stopped.wait(_SETTLE_CHECK_S):
            pass

    def _add(
        self, item: Article | Rejection | FileEnd, origin: str | None, batch: ArticleBatch
    ) -> None:
        if isinstance(item, Rejection):
            batch.rejected.append(item)
        elif isinstance(item, FileEnd):
            batch.unchanged += item.unchanged or 0
            batch.ended.append(item.path)
            if item.digest is not None:
                batch.files[item.path] = item.digest
        elif not self._is_known(item):
            batch.add(self._chunked(item, origin))
        else:
            batch.unchanged += 1
            if origin is not None and self._collection.catalog.files.origin_of(item.id) != origin:
                batch.moved[item.id] = origin

    def _is_known(self, article: Article) -> bool:
        """Tell whether an article is stored, or will be, with the same content."""
        with self._lock:
            known = self._pending.get(article.id)
        if known is None:
            known = self._collection.catalog.articles.content_hash(article.id)
        return known == article.content_hash

    def _chunked(self, article: Article, origin: str | None) -> ChunkedArticle:
        with self._lock:
            self._pending[article.id] = article.content_hash
        return chunk_article(self._collection.encoder, article, origin)

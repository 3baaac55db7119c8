"""Articles as they are read, compared with what is stored, cut and put together in batches."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rag.collection.collection import Collection
from rag.ingestion.encoding import ChunkedArticle, chunk_article
from rag.ingestion.file_changes import FileEnd
from rag.readers import Rejection
from tamngu.records.article import Article

BATCH_PASSAGES = 256
"""Passages encoded and committed together: enough to batch well, few enough to lose on Ctrl-C. With
128 an ingest took 5 to 10 percent longer."""

_WAITING_BATCHES = 2
"""Read, and held in memory, while one is encoded."""

_AGE_S = 10.0
"""Seconds after which a batch is handed on as it is: pages come slowly, and what was fetched is
soon to be stored."""

_PATIENCE_S = 0.2
"""Seconds between looks at whether the other thread has ended."""

Item = tuple[Article | Rejection | FileEnd, str | None]
"""What was read, and the absolute path of the file that it was read from."""


@dataclass
class Batch:
    """What is encoded and stored together, or noted.

    Attributes:
        articles: new or changed ones, by id.
        files: digests of files, by path, whose last article is in this batch or one before it.
        moved: unchanged articles that were read from another file before, and from which now.
        passages: how many.
        unchanged: articles that are there just so.
        rejected: what could not be taken, and why.
    """

    articles: dict[str, ChunkedArticle] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    passages: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def size(self) -> int:
        """In passages; a batch that only notes something is stored too when it is long."""
        return self.passages + len(self.moved) + len(self.files)

    def add(self, chunked: ChunkedArticle) -> None:
        """Put an article in, the only one of its id."""
        self.articles[chunked.article.id] = chunked
        self.passages += len(chunked.passages)


class BatchReader:
    """Reads, compares and chunks in a thread of its own, a few batches ahead."""

    def __init__(
        self, collection: Collection, items: Iterator[Item], on_stop: Callable[[], object]
    ) -> None:
        """Read from ``items``; use it in a ``with``, which stops the thread at its end.

        Args:
            collection: what is stored already.
            items: what is read.
            on_stop: called when it ends by an exception, so that reading does not go on waiting.
        """
        self._collection = collection
        self._on_stop = on_stop
        self._items = items
        self._ahead: queue.Queue[Batch | BaseException | None] = queue.Queue(_WAITING_BATCHES)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        # Content of articles that are on their way into the catalog.
        self._coming: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def __enter__(self) -> BatchReader:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stopped.set()
        if kind is not None:
            self._on_stop()
        self._thread.join()

    def __iter__(self) -> Iterator[Batch]:
        while (batch := self._next()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch

    def stored(self, batch: Batch) -> None:
        """Take note that a batch is in the catalog now."""
        with self._lock:
            for chunked in batch.articles.values():
                if self._coming.get(chunked.article.id) == chunked.article.content_hash:
                    del self._coming[chunked.article.id]

    def _next(self) -> Batch | BaseException | None:
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

    def _hand_on(self, batch: Batch | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._ahead.put(batch, timeout=_PATIENCE_S)
            except queue.Full:
                continue
            return

    def _batches(self) -> Iterator[Batch]:
        batch = Batch()
        begun = time.monotonic()
        for item, origin in self._items:
            if self._stopped.is_set():
                return
            if isinstance(item, Article) and item.id in batch.articles:
                yield batch
                batch, begun = Batch(), time.monotonic()
            self._enter(item, origin, batch)
            if batch.size >= BATCH_PASSAGES or time.monotonic() - begun > _AGE_S:
                yield batch
                batch, begun = Batch(), time.monotonic()
        yield batch

    def _enter(self, item: Article | Rejection | FileEnd, origin: str | None, batch: Batch) -> None:
        if isinstance(item, Rejection):
            batch.rejected.append(item)
        elif isinstance(item, FileEnd):
            batch.unchanged += item.unchanged or 0
            if item.digest is not None:
                batch.files[item.path] = item.digest
        elif not self._is_known(item):
            batch.add(self._chunked(item, origin))
        else:
            batch.unchanged += 1
            if origin is not None and self._collection.catalog.origin(item.id) != origin:
                batch.moved[item.id] = origin

    def _is_known(self, article: Article) -> bool:
        """Tell whether just this content is there under its id, or on its way."""
        with self._lock:
            coming = self._coming.get(article.id)
        if coming is None:
            coming = self._collection.catalog.content_hash(article.id)
        return coming == article.content_hash

    def _chunked(self, article: Article, origin: str | None) -> ChunkedArticle:
        with self._lock:
            self._coming[article.id] = article.content_hash
        return chunk_article(self._collection.encoder, article, origin)

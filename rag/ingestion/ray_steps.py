"""What a node does of an ingest by Ray: read documents; cut, encode and store articles."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.load import load_encoder
from embeddings.options import EncoderOptions
from rag.cluster.cluster import Cluster
from rag.collection.collection import Collection
from rag.collection.paths import open_catalog
from rag.ingestion.batches import Item
from rag.ingestion.file_changes import FileEnd, read_changed
from rag.ingestion.pipeline import ingest_items
from rag.isolation.limits import Limits
from rag.isolation.readers import Readers
from rag.readers import Reading
from tamngu.records.article import Article
from tamngu.records.ingest_report import IngestReport

if TYPE_CHECKING:
    import pyarrow

NO_READER = "none"
"""Nothing is asked during an ingest."""

_COLUMN = "pickled"

_ROWS = 32
"""Articles that are handed to Ray together. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Work:
    """What every node has to know.

    Attributes:
        cluster: that holds the collection.
        collection: its name; it exists.
        model: as :func:`embeddings.load_encoder` takes it.
        reading: how files are read.
        limits: what reading a file may cost.
    """

    cluster: Cluster
    collection: str
    model: str
    reading: Reading
    limits: Limits


@dataclass(frozen=True)
class FileGroup:
    """Files that a node reads one after the other.

    Attributes:
        files: pairs of a root and a file, absolute paths.
        beside: the pages from which lines are learnt that all of a folder share.
    """

    files: Sequence[tuple[Path, Path]]
    beside: Sequence[Path]


@dataclass
class StoredPart:
    """What a node has stored.

    Attributes:
        report: its numbers.
        ids: of the articles.
        articles: number of articles by the path of their file.
        text_bytes: bytes of the articles' texts by the path of their file.
        ends: files of which everything has been read; their articles may be stored elsewhere.
    """

    report: IngestReport = field(default_factory=IngestReport)
    ids: list[str] = field(default_factory=list)
    articles: Counter[str] = field(default_factory=Counter)
    text_bytes: Counter[str] = field(default_factory=Counter)
    ends: list[ReadFile] = field(default_factory=list)


@dataclass(frozen=True)
class ReadFile:
    """A file of which everything has been read.

    Attributes:
        end: its end, as one machine would store it.
        articles: number of articles that were read from it, the same id counted each time.
        size: in bytes.
    """

    end: FileEnd
    articles: int
    size: int


def read_group(table: pyarrow.Table, work: Work) -> Iterator[pyarrow.Table]:
    """Read groups of files in processes of their own, and yield what they hold.

    Args:
        table: holds :class:`FileGroup` objects.
        work: the ingest.

    Yields:
        Tables of pairs, an item and the path of its file; of each file, the last item is a
        :class:`ReadFile`.
    """
    for group in unpacked(table):
        with (
            closing(open_catalog(work.cluster, work.collection)) as catalog,
            Readers(work.reading, work.limits) as readers,
        ):
            rows: list[tuple[object, str]] = []
            articles = 0
            for found, item in read_changed(catalog, group.files, readers, group.beside):
                if isinstance(item, FileEnd):
                    rows.append((ReadFile(item, articles, found.size), found.path))
                    articles = 0
                else:
                    rows.append((item, found.path))
                    articles += isinstance(item, Article)
                if len(rows) == _ROWS:
                    yield packed(rows)
                    rows = []
            yield packed(rows)


class Store:
    """Cuts, encodes and stores articles; one lives in each of Ray's processes."""

    def __init__(self, work: Work, threads: int) -> None:
        """Load the model, and open the collection."""
        encoder = load_encoder(
            work.model, replace(EncoderOptions.from_environment(), threads=threads)
        )
        self._collection = Collection.open(work.cluster, work.collection, encoder, NO_READER)

    def __call__(self, table: pyarrow.Table) -> Iterator[pyarrow.Table]:
        """Store articles that are not stored yet, and yield a table of one :class:`StoredPart`.

        Each batch is a transaction. Repeated, it finds what it stored before, and encodes the rest.
        """
        part = StoredPart()
        part.report = ingest_items(
            self._collection, self._noted(unpacked(table), part), lambda: None, saves=False
        )
        yield packed([part])

    @staticmethod
    def _noted(rows: Iterable[tuple[Any, str]], part: StoredPart) -> Iterator[Item]:
        for item, path in rows:
            if isinstance(item, ReadFile):
                part.ends.append(item)
                continue
            if isinstance(item, Article):
                part.ids.append(item.id)
                part.articles[path] += 1
                part.text_bytes[path] += len(item.text.encode())
            yield item, path


def packed(values: Iterable[object]) -> pyarrow.Table:
    """Return a table with a row for each value."""
    import pyarrow

    rows = [pickle.dumps(value) for value in values]
    return pyarrow.table({_COLUMN: pyarrow.array(rows, pyarrow.large_binary())})


def unpacked(table: pyarrow.Table) -> Iterator[Any]:
    """Yield the values that :func:`packed` put into a table; only this ingest's processes do."""
    for row in table[_COLUMN]:
        yield pickle.loads(row.as_py())

"""A collection: a catalog of articles and the indexes derived from it, in one directory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration
from rag.catalog.catalog import Catalog
from rag.collection.compaction import compact
from rag.collection.lock import writing
from rag.collection.opening import check_model, closed_after_error, create_folders, prepared
from rag.collection.paths import Home, checked_name, collection_directory, existing_directory
from rag.errors import CollectionBusy, ModelMismatch, StorageError
from rag.index.generation import OnPassages
from rag.index.live_index import LiveIndex
from rag.index.seam import Snapshot
from rag.records.passage import EncodedArticle, EncodedPassage
from reading import Reader, load_reader
from tamngu.records.article import Article

if TYPE_CHECKING:
    from rag.cluster.cluster import Cluster

_LOG = logging.getLogger("tamngu.rag")

_MIN_STALE, _MAX_STALE = 128, 4096
"""A passage is stale if the generation on disk lacks it, or if it has been deleted since. A new
process spends .3 ms on each stale passage before its first answer. So :meth:`Collection.save`
writes a new generation from the first number of stale passages on if the generation is small, and
from the second number on if it is large."""

_STALE_SHARE = 0.02
"""Share of stale passages from which a new generation is written, between the two numbers."""

_GROWTH = 0.25
"""Share of stale passages from which a new generation is written during an ingest. All generations
of a growing collection together then take five times the work of the last one."""


class Collection:
    """An open collection, for any number of threads.

    The catalog is the only source of truth. The indexes are brought to the catalog's state before
    each use, also after another process has written.

    Attributes:
        name: its name.
        directory: its folder.
        encoder: the encoder of its questions and passages.
        reader: reads the passages that are found; None for no reader.
        catalog: its articles.
        calibration: the encoder's calibration; without tokens if the stored tokens were made with
            another one.
        lock_wait_s: seconds to wait for another writer before CollectionBusy is raised.
    """

    def __init__(
        self,
        name: str,
        directory: Path,
        encoder: Encoder,
        catalog: Catalog,
        calibration: Calibration,
        reader: Reader | str | None = None,
    ) -> None:
        """Use :meth:`open` or :meth:`open_or_create`."""
        self.directory = directory
        self._begin(name, encoder, catalog, calibration, reader)
        self._index = LiveIndex(directory, catalog)
        self._compaction: threading.Thread | None = None
        self._rebuild_if_stale()

    def _begin(
        self,
        name: str,
        encoder: Encoder,
        catalog: Catalog,
        calibration: Calibration,
        reader: Reader | str | None,
    ) -> None:
        """Take what a collection has wherever its indexes are."""
        self.name = name
        self.encoder = encoder
        self.catalog = catalog
        self.lock_wait_s = 0.0
        self.reader = load_reader(reader) if reader is None or isinstance(reader, str) else reader
        self._calibration = calibration
        self.calibration = self._usable_calibration()
        self._identity = ""  # Loading takes seconds, so the first reading checks the model again.

    @classmethod
    def open(
        cls, home: Home, name: str, encoder: Encoder, reader: Reader | str | None = None
    ) -> Collection:
        """Open an existing collection; see :meth:`open_or_create`.

        Raises:
            CollectionNotFound: the home has no collection of that name.
            ModelMismatch: it was built with another model.
            CollectionDamaged: its catalog cannot be read.
        """
        if not isinstance(home, Path):
            return cls._on(home, home.open_catalog(checked_name(name)), name, encoder, reader)
        return cls._open(name, existing_directory(home, name), encoder, reader)

    @classmethod
    def open_or_create(
        cls, home: Home, name: str, encoder: Encoder, reader: Reader | str | None = None
    ) -> Collection:
        """Open a collection; create an empty one if the home has none of that name.

        The folders and files that it makes can be read by the user alone.

        Args:
            home: the folder, or the cluster, of all collections.
            name: the collection's name.
            encoder: an encoder of the model that the collection was built with.
            reader: reads what is found, or its name for :func:`reading.load_reader`.

        Raises:
            ModelMismatch: it was built with another model.
            CollectionDamaged: its catalog cannot be read.
            StorageError: its folder cannot be written.
        """
        if not isinstance(home, Path):
            return cls._on(home, home.create_catalog(checked_name(name)), name, encoder, reader)
        directory = collection_directory(home, name)
        create_folders(home, directory.parent, directory)
        return cls._open(name, directory, encoder, reader)

    @classmethod
    def _open(
        cls, name: str, directory: Path, encoder: Encoder, reader: Reader | str | None
    ) -> Collection:
        with closed_after_error(Catalog(directory / "catalog.db")) as catalog:
            calibration = prepared(name, catalog, encoder)
            return cls(name, directory, encoder, catalog, calibration, reader)

    @staticmethod
    def _on(
        cluster: Cluster,
        catalog: Catalog,
        name: str,
        encoder: Encoder,
        reader: Reader | str | None,
    ) -> Collection:
        from rag.collection.cluster_collection import ClusterCollection

        with closed_after_error(catalog):
            calibration = prepared(name, catalog, encoder)
            return ClusterCollection(cluster, name, encoder, catalog, calibration, reader)

    def close(self) -> None:
        """Wait until a running compaction has ended, and close the catalog."""
        self._join_compaction()
        self.catalog.close()

    @property
    def exists(self) -> bool:
        """Whether no process has deleted or replaced it since it was opened."""
        return self.catalog.exists

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; see :func:`rag.collection.lock.writing`.

        Raises:
            CollectionNotFound: the collection has been deleted since it was opened.
        """
        self.catalog.ensure_exists()
        with writing(self.directory, self.lock_wait_s):
            self.catalog.ensure_exists()
            yield

    def put(
        self,
        batch: Iterable[tuple[Article, Sequence[EncodedPassage]] | EncodedArticle],
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Store articles with their encoded passages in one transaction.

        When this returns, they are on disk and the next search finds them. Near-duplicate articles
        are grouped into stories.

        Args:
            batch: the articles; each replaces a stored article of its id.
            files: digests, by path, of files whose last article is in this batch or a former one.

        Raises:
            ModelMismatch: the collection has been rebuilt with another model since it was opened.
        """
        entries = [e if isinstance(e, EncodedArticle) else EncodedArticle(*e) for e in batch]
        self.catalog.put_many([e.signed() for e in entries], files, check=self.check_model)

    def check_model(self) -> None:
        """Check that the catalog still takes what is encoded now.

        Raises:
            ModelMismatch: it has been rebuilt with another model, or with other tokens.
        """
        check_model(self.name, self.catalog, self.encoder)
        used, self.calibration = self.calibration, self._usable_calibration()
        if (used.tokens is None) != (self.calibration.tokens is None):
            what = f"The collection {self.name!r} was encoded again"
            raise ModelMismatch(f"{what} since it was opened: try again.")

    def delete(self, article_id: str, *, restorable: bool = False) -> bool:
        """Delete an article, or move it to the trash; return whether it was stored."""
        return self.catalog.delete(article_id, restorable=restorable)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Yield the indexes at one state of the catalog; reads inside the block see that state.

        Raises:
            ModelMismatch: the collection has been rebuilt with another model since it was opened.
        """
        with self._snapshot() as snapshot:
            if snapshot.identity != self._identity:
                check_model(self.name, self.catalog, self.encoder)
                self.calibration = self._usable_calibration()
                self._identity = snapshot.identity
            yield snapshot

    def _snapshot(self) -> AbstractContextManager[Snapshot]:
        return self._index.reading()

    def save(self) -> None:
        """Write the indexes to disk if a new process would need long to catch up without it.

        Raises:
            StorageError: the indexes cannot be written; the articles are stored nevertheless.
        """
        self._join_compaction()
        generation = self._index.generation
        held = generation.passages if generation else 0
        bound = max(_MIN_STALE, min(_MAX_STALE, int(held * _STALE_SHARE)))
        stale = sum(self._index.stale())
        if stale >= bound or (stale and not held):
            self.compact()

    def compact(self, on_passages: OnPassages = lambda _: None, *, wait_s: float = 600) -> None:
        """Write the indexes to disk at their present state; searches and writes continue meanwhile.

        Args:
            on_passages: called with the number of passages written since the last call.
            wait_s: seconds to wait for another process that is compacting.

        Raises:
            CollectionBusy: another process is still compacting.
            StorageError: the indexes cannot be written; the articles are stored nevertheless.
        """
        compact(self.directory, self.catalog, on_passages, wait_s=wait_s)
        self._index.reload()

    def follow(self) -> None:
        """Keep the indexes near the catalog in the background, if others change it too."""

    def compact_if_grown(self) -> None:
        """Start to write the indexes in a background thread if many passages are stale."""
        if self._compaction is not None and self._compaction.is_alive():
            return
        generation = self._index.generation
        held = generation.passages if generation else 0
        if sum(self._index.stale()) > max(_MAX_STALE, int(held * _GROWTH)):
            self._compaction = threading.Thread(target=self._compact_quietly, name="compaction")
            self._compaction.start()

    def _compact_quietly(self) -> None:
        # An error such as a full disk is reported when the ingest ends and compacts again.
        with suppress(CollectionBusy, StorageError):
            self.compact(wait_s=0)

    def _usable_calibration(self) -> Calibration:
        """Return the encoder's calibration, without tokens if the stored tokens do not fit it."""
        tokens = self._calibration.tokens
        if tokens is not None and tokens.digest != self.catalog.settings.token_digest():
            return replace(self._calibration, tokens=None)
        return self._calibration

    def _join_compaction(self) -> None:
        if self._compaction is not None:
            self._compaction.join()
            self._compaction = None

    def _rebuild_if_stale(self) -> None:
        """Write the indexes again if those on disk lack too many passages or are damaged."""
        lacking, _ = self._index.stale()
        if lacking > _MAX_STALE:
            _LOG.warning("Building the index of %s from its articles.", self.name)
            # A collection in a read-only folder can still be searched, only more slowly.
            with suppress(StorageError, CollectionBusy):
                self.compact()

"""A collection: articles in a catalog, the indexes that follow it, in one directory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration, calibration_for
from rag.catalog.catalog import Catalog
from rag.collection.compaction import compact
from rag.collection.home import collection_directory, existing_directory
from rag.collection.lock import writing
from rag.errors import CollectionBusy, ModelMismatch, StorageError
from rag.index.generation import OnPassages
from rag.index.live_index import LiveIndex
from rag.index.snapshot import Snapshot
from rag.records.passage import EncodedArticle, EncodedPassage
from rag.text.minhash import signature
from tamngu.records.article import Article

_LOG = logging.getLogger("tamngu.rag")

_LEAST_STALE, _MOST_STALE = 128, 4096
"""Passages that a new process reads one by one before it answers, .3 ms each: a generation is
written from the first number on when it is small, and from the second however large it is."""

_STALE_SHARE = 0.02
"""Of a generation, between the two."""

_GROWTH = 0.25
"""Share of a generation that is stale before it is written again while an ingest goes on: all
generations of a collection that grows take together five times the work of the last one."""


class Collection:
    """An open collection, for any number of threads.

    The catalog is the truth. The indexes follow it: before each use they are brought to its state,
    also when another process has written.
    """

    def __init__(
        self,
        name: str,
        directory: Path,
        encoder: Encoder,
        catalog: Catalog,
        calibration: Calibration,
    ) -> None:
        """Use :meth:`open` or :meth:`open_or_create`."""
        self.name = name
        self.directory = directory
        self.encoder = encoder
        self.catalog = catalog
        # Seconds that whoever wants to write waits for another to end.
        self.patience_s = 0.0
        self._calibration = calibration
        self.calibration = self._fitting_calibration()
        self._index = LiveIndex(directory, catalog)
        self._identity = catalog.identity()
        self._compaction: threading.Thread | None = None
        self._make_whole()

    @classmethod
    def open(cls, home: Path, name: str, encoder: Encoder) -> Collection:
        """Open a collection that is there.

        Raises:
            CollectionNotFound: there is none of that name.
            ModelMismatch: it was built with another model.
            CollectionDamaged: its catalog cannot be read.
        """
        return cls._open(name, existing_directory(home, name), encoder)

    @classmethod
    def open_or_create(cls, home: Path, name: str, encoder: Encoder) -> Collection:
        """Open a collection, making an empty one when there is none of that name.

        Raises:
            ModelMismatch: it was built with another model.
            CollectionDamaged: its catalog cannot be read.
            StorageError: its folder cannot be written.
        """
        directory = collection_directory(home, name)
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"Cannot make {directory}: {error.strerror}. Choose another --home."
            ) from error
        return cls._open(name, directory, encoder)

    @classmethod
    def _open(cls, name: str, directory: Path, encoder: Encoder) -> Collection:
        catalog = Catalog(directory / "catalog.db")
        try:
            if not catalog.is_new:
                check_model(name, catalog, encoder)
            calibration = calibration_for(encoder)
            if catalog.is_new:
                tokens = calibration.tokens
                catalog.initialise(encoder.fingerprint, tokens.digest if tokens else "")
                # Another process may have been first, with another model.
                check_model(name, catalog, encoder)
            return cls(name, directory, encoder, catalog, calibration)
        except BaseException:
            catalog.close()
            raise

    def close(self) -> None:
        """Wait for a compaction that is going on, and close the catalog."""
        self._join_compaction()
        self.catalog.close()

    @property
    def is_there(self) -> bool:
        """Whether it has not been deleted since it was opened, nor made anew, by any process."""
        return self.catalog.is_there

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; see :func:`rag.collection.lock.writing`.

        Raises:
            CollectionNotFound: it was deleted after it was opened.
        """
        self.catalog.see_that_it_is_there()
        with writing(self.directory, self.patience_s):
            self.catalog.see_that_it_is_there()
            yield

    def put(
        self,
        batch: Iterable[tuple[Article, Sequence[EncodedPassage]] | EncodedArticle],
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Store articles with their encoded passages, all in one transaction.

        Once this returns they are there to stay, and the next search finds them. Near-duplicates
        of what is there are put under one story.

        Args:
            batch: articles; one of an id that is there takes its place.
            files: digests, by path, of files that are stored whole with this batch.
        """
        entries = [e if isinstance(e, EncodedArticle) else EncodedArticle(*e) for e in batch]
        self.catalog.put_many(
            [
                entry
                if entry.signature is not None
                else replace(entry, signature=signature(entry.article.text))
                for entry in entries
            ],
            files,
        )

    def delete(self, article_id: str) -> bool:
        """Remove an article; False when it was not there."""
        return self.catalog.delete(article_id)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Give the indexes at one state of the catalog, which reads of it inside see too.

        Raises:
            ModelMismatch: the collection has been rebuilt with another model since it was opened.
        """
        with self._index.reading() as snapshot:
            if snapshot.identity != self._identity:
                check_model(self.name, self.catalog, self.encoder)
                self.calibration = self._fitting_calibration()
                self._identity = snapshot.identity
            yield snapshot

    def save(self) -> None:
        """Write the indexes to disk if a new process would take long to make up what they lack.

        Raises:
            StorageError: they cannot be written; the articles are stored all the same.
        """
        self._join_compaction()
        generation = self._index.generation
        held = generation.passages if generation else 0
        bound = max(_LEAST_STALE, min(_MOST_STALE, int(held * _STALE_SHARE)))
        stale = sum(self._index.stale())
        if stale >= bound or (stale and not held):
            self.compact()

    def compact(self, on_passages: OnPassages = lambda _: None, *, wait_s: float = 600) -> None:
        """Write the indexes to disk as they are now; searches and writes go on meanwhile.

        Args:
            on_passages: called with the number of passages written since the last call.
            wait_s: seconds to wait for another process that is at it.

        Raises:
            CollectionBusy: another process is at it.
            StorageError: they cannot be written; the articles are stored all the same.
        """
        compact(self.directory, self.catalog, on_passages, wait_s=wait_s)
        self._index.reload()

    def compact_if_grown(self) -> None:
        """Start to write the indexes in a thread of its own, when much has come since they were."""
        if self._compaction is not None and self._compaction.is_alive():
            return
        generation = self._index.generation
        held = generation.passages if generation else 0
        if sum(self._index.stale()) > max(_MOST_STALE, int(held * _GROWTH)):
            self._compaction = threading.Thread(target=self._compact_quietly, name="compaction")
            self._compaction.start()

    def _compact_quietly(self) -> None:
        # What hinders it, such as a full disk, is met and told again when the ingest ends.
        with suppress(CollectionBusy, StorageError):
            self.compact(wait_s=0)

    def _fitting_calibration(self) -> Calibration:
        """Return the encoder's calibration, without tokens if those stored are not by it."""
        tokens = self._calibration.tokens
        if tokens is not None and tokens.digest != self.catalog.tokens():
            return replace(self._calibration, tokens=None)
        return self._calibration

    def _join_compaction(self) -> None:
        if self._compaction is not None:
            self._compaction.join()
            self._compaction = None

    def _make_whole(self) -> None:
        """Write the indexes anew when what is on disk lacks too much, or is damaged."""
        lacking, _ = self._index.stale()
        if lacking > _MOST_STALE:
            _LOG.warning("Building the index of %s from its articles.", self.name)
            # A folder that cannot be written can still be searched, if slower.
            with suppress(StorageError, CollectionBusy):
                self.compact()


def check_model(name: str, catalog: Catalog, encoder: Encoder) -> None:
    """See that a catalog was made with an encoder's model.

    Raises:
        ModelMismatch: it was not; the message names both.
    """
    built_with = catalog.fingerprint()
    if not built_with.matches(encoder.fingerprint):
        raise ModelMismatch(
            f"The collection {name!r} was built with {built_with}, not with "
            f"{encoder.fingerprint}: name its model with --model, or rebuild it with: "
            f"tamngu collections reindex --collection {name} --model MODEL"
        )

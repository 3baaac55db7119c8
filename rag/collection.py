"""A collection: articles in a catalog, their vectors in an index, in one directory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np

from embeddings import Encoder
from rag.article import Article
from rag.catalog import Catalog
from rag.errors import ModelMismatch, StorageError
from rag.fairness import SAMPLE_SIZE, Background
from rag.faiss_index import FaissIndex
from rag.generation import Origin, load_generation, save_generation, saved_revision
from rag.home import collection_directory, existing_directory
from rag.lock import writing
from rag.passage import EncodedPassage


class Collection:
    """An open collection, for any number of threads.

    The catalog is the truth. The index in memory follows it: before each use it is brought to the
    catalog's state, also when another process has written.
    """

    def __init__(self, name: str, directory: Path, encoder: Encoder, catalog: Catalog) -> None:
        """Use :meth:`open` or :meth:`open_or_create`."""
        self.name = name
        self.directory = directory
        self.encoder = encoder
        self.catalog = catalog
        self._lock = threading.RLock()
        dim = encoder.fingerprint.dim
        self._index = load_generation(directory, dim, self._origin()) or FaissIndex(dim)
        self._backgrounds: dict[str, Background] = {}
        self._revision = -1

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
        if catalog.is_new:
            catalog.initialise(encoder.fingerprint)
        built_with = catalog.fingerprint()
        if not built_with.matches(encoder.fingerprint):
            catalog.close()
            raise ModelMismatch(
                f"The collection {name!r} was built with {built_with}, not with "
                f"{encoder.fingerprint}: name its model with --model, or ingest the articles into "
                "a new collection."
            )
        return cls(name, directory, encoder, catalog)

    def close(self) -> None:
        """Close the catalog."""
        self.catalog.close()

    def writing(self) -> AbstractContextManager[None]:
        """Be the only writer; see :func:`rag.lock.writing`."""
        return writing(self.directory)

    def put(self, batch: Sequence[tuple[Article, Sequence[EncodedPassage]]]) -> None:
        """Store articles with their encoded passages, all in one transaction."""
        self.catalog.put_many(batch)

    def delete(self, article_id: str) -> bool:
        """Remove an article; False when it was not there."""
        return self.catalog.delete(article_id)

    def save(self) -> None:
        """Write the index to disk, unless it is there, so that the next opening need not build it.

        The caller is the writer.

        Raises:
            StorageError: it cannot be written; the articles are stored all the same.
        """
        with self.reading() as (index, _):
            if saved_revision(self.directory) == self._revision:
                return
            try:
                save_generation(self.directory, index, self._origin())
            except OSError as error:
                raise StorageError(
                    f"The articles are stored, but not the index of {self.name!r}: "
                    f"{error.strerror or error}. It is built anew at each start until the next "
                    "ingest can write it."
                ) from error

    @contextmanager
    def reading(self) -> Iterator[tuple[FaissIndex, dict[str, Background]]]:
        """Give index and backgrounds at one state of the catalog, which holds until the end.

        Reads of the catalog inside see that same state.
        """
        with self._lock, self.catalog.reading():
            revision = self.catalog.revision()
            if revision != self._revision:
                self._follow()
                self._revision = revision
            yield self._index, self._backgrounds

    def _origin(self) -> Origin:
        return Origin(self.catalog.identity(), self.catalog.revision())

    def _follow(self) -> None:
        """Bring the index to the catalog's state: forget what is gone, add what is new."""
        keys, languages = self.catalog.keys()
        held = self._index.keys()
        self._index.delete(np.setdiff1d(held, keys))
        new = np.flatnonzero(~np.isin(keys, held))
        for start in range(0, len(new), 10_000):
            some = new[start : start + 10_000]
            self._index.upsert(
                keys[some],
                [languages[i] for i in some],
                self.catalog.vectors(keys[some].tolist()),
            )
        names = np.array(languages)
        self._backgrounds = {
            language: self._background(keys[names == language].tolist())
            for language in sorted(set(languages))
        }

    def _background(self, keys: list[int]) -> Background:
        """Sample a language's passages at even distances, the same ones each time."""
        chosen = keys[:: -(-len(keys) // SAMPLE_SIZE)]
        return Background.of(self.catalog.vectors(chosen), self.catalog.sentence_vectors(chosen))

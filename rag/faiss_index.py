"""Exact nearest-neighbour search with FAISS, one flat index a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import faiss
import numpy as np

from embeddings import Vectors
from rag.vector_index import Keys, Matches


class FaissIndex:
    """A :class:`rag.vector_index.VectorIndex` in memory; one thread at a time."""

    def __init__(self, dim: int) -> None:
        """Start empty; vectors have ``dim`` dimensions."""
        self._dim = dim
        self._by_language: dict[str, faiss.IndexIDMap2] = {}

    def upsert(self, keys: Keys, languages: Sequence[str], vectors: Vectors) -> None:
        """Put vectors, shape (n, dim), under passage keys, shape (n,)."""
        self.delete(keys)
        names = np.array(languages)
        for language in sorted(set(languages)):
            chosen = names == language
            index = self._by_language.get(language)
            if index is None:
                index = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dim))
                self._by_language[language] = index
            index.add_with_ids(np.ascontiguousarray(vectors[chosen]), keys[chosen])

    def delete(self, keys: Keys) -> None:
        """Forget passage keys."""
        if not len(keys):
            return
        for language, index in list(self._by_language.items()):
            index.remove_ids(faiss.IDSelectorBatch(keys))
            if index.ntotal == 0:
                del self._by_language[language]

    def search(self, questions: Vectors, k: int, language: str) -> Matches:
        """Return the ``k`` best passages of one language for each question."""
        index = self._by_language.get(language)
        if index is None:
            nothing = (len(questions), 0)
            return Matches(np.empty(nothing, np.int64), np.empty(nothing, np.float32))
        scores, keys = index.search(questions, min(k, index.ntotal))
        return Matches(keys, scores)

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""
        return {language: index.ntotal for language, index in sorted(self._by_language.items())}

    def keys(self) -> Keys:
        """Return all keys."""
        held = [faiss.vector_to_array(index.id_map) for index in self._by_language.values()]
        return np.concatenate(held) if held else np.empty(0, np.int64)

    def save(self, directory: Path) -> None:
        """Write one file a language into an existing directory.

        Raises:
            OSError: a file cannot be written.
        """
        for language, index in self._by_language.items():
            try:
                faiss.write_index(index, str(directory / f"{language}.faiss"))
            except RuntimeError as error:
                raise OSError(f"cannot write the index to {directory}") from error

    @classmethod
    def load(cls, directory: Path, dim: int) -> FaissIndex:
        """Read what :meth:`save` wrote.

        Raises:
            ValueError: a file is no index, or one of other dimensions.
        """
        loaded = cls(dim)
        for path in sorted(directory.glob("*.faiss")):
            try:
                index = faiss.read_index(str(path))
            except RuntimeError as error:
                raise ValueError(f"{path} is no FAISS index") from error
            if index.d != dim or not isinstance(index, faiss.IndexIDMap2):
                raise ValueError(f"{path} is no index of {dim} dimensions")
            loaded._by_language[path.stem] = index
        return loaded

"""The passages of one language in one generation: vectors, words and columns, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.inner_products import HalfVectors
from rag.index.faiss_index import FLAT_ROWS, FaissIndex, build
from rag.index.labels import Columns, Labels
from rag.index.lexical_index import LexicalIndex
from rag.records.passage import Keys, StoredPassage

_KEYS = "keys.npy"
_COLUMNS = "columns.npy"
_VECTORS = "vectors.f16"
_INDEX = "index.faiss"
_LEXICAL = "lexical"


@dataclass(frozen=True)
class Segment:
    """An open segment, for any number of threads; vectors are memory-mapped.

    Sentences and tokens are read from the catalog. Generations of former formats hold them too;
    these are not read.

    Attributes:
        keys: the passages' keys, sorted, shape (n,).
        vectors: the passages' vectors, shape (n, dim).
        columns: sources, tags and days, for filters.
        index: the index of ``vectors``.
        lexical: the index of the passages' words.
    """

    keys: Keys
    vectors: HalfVectors
    columns: Columns
    index: FaissIndex
    lexical: LexicalIndex

    @classmethod
    def open(cls, directory: Path, language: str, dim: int) -> Segment:
        """Open a segment of :func:`write_segment`.

        Raises:
            OSError: a file is missing.
            ValueError: a file does not have its format.
        """
        vectors = _map(directory / _VECTORS, dim)
        index = directory / _INDEX
        return cls(
            keys=np.load(directory / _KEYS),
            vectors=vectors,
            columns=np.load(directory / _COLUMNS),
            # Generations of format 3 have a file of a flat index too.
            index=FaissIndex.open(index, vectors) if index.exists() else FaissIndex.flat(vectors),
            lexical=LexicalIndex.open(directory / _LEXICAL, language),
        )


def write_segment(
    directory: Path,
    language: str,
    dim: int,
    passages: Iterable[StoredPassage],
    labels: Labels,
    on_passages: Callable[[int], object],
) -> int:
    """Write a segment, and return its last key.

    Memory grows by about 30 bytes per passage.

    Args:
        directory: a folder that does not exist yet.
        language: the passages' language.
        dim: the vectors' dimensions.
        passages: at least one passage, in ascending order of keys.
        labels: the generation's labels; those of the passages are added.
        on_passages: called with the number of passages written since the last call.

    Raises:
        OSError: it cannot be written.
    """
    directory.mkdir()
    keys: list[int] = []
    columns: list[tuple[int, int, int]] = []

    def texts() -> Iterator[tuple[int, str]]:
        """Yield rows and texts for the word index; write everything else on the way."""
        with (directory / _VECTORS).open("wb") as vectors:
            for row, passage in enumerate(passages):
                vectors.write(passage.encoded.vector.astype("<f2").tobytes())
                keys.append(passage.key)
                columns.append(labels.row(passage.article))
                on_passages(1)
                yield row, passage.text

    LexicalIndex.build(directory / _LEXICAL, texts(), language)
    np.save(directory / _KEYS, np.array(keys, dtype=np.int64))
    np.save(directory / _COLUMNS, np.array(columns, dtype=np.int32))
    if len(keys) > FLAT_ROWS:
        build(_map(directory / _VECTORS, dim), directory / _INDEX)
    return keys[-1]


def _map(path: Path, dim: int) -> HalfVectors:
    # A plain array: taking a row of a memmap object takes several times as long.
    return np.asarray(np.memmap(path, dtype="<f2", mode="r")).reshape(-1, dim)

"""The passages of one language in one generation: vectors, words and columns, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.inner_products import HalfVectors
from embeddings.scaled_vectors import SCALE_BYTES, ScaledVectors, is_scaled, scaled
from rag.index.faiss_index import FLAT_ROWS, FaissIndex, build
from rag.index.labels import Columns, Labels
from rag.index.lexical_index import LexicalIndex
from rag.records.passage import Keys, StoredPassage

_KEYS = "keys.npy"
_COLUMNS = "columns.npy"
_STARTS = "sentence_starts.npy"
_VECTORS = "vectors.f16"
_SENTENCES = "sentences.i8"
_HALF_SENTENCES = "sentences.f16"
_INDEX = "index.faiss"
_LEXICAL = "lexical"


@dataclass(frozen=True)
class Segment:
    """An open segment, for any number of threads; vectors are memory-mapped.

    Tokens are read from the catalog. Generations of format 5 and earlier hold them too; these are
    not read.

    Attributes:
        keys: the passages' keys, sorted, shape (n,).
        vectors: the passages' vectors, shape (n, dim).
        sentences: the sentence vectors of all passages, in order; in half precision, shape
            (sentences, dim), in generations of the former formats.
        starts: where each passage's sentences begin, and where the last one's end, shape (n + 1,).
        columns: sources, tags and days, for filters.
        index: the index of ``vectors``.
        lexical: the index of the passages' words.
    """

    keys: Keys
    vectors: HalfVectors
    sentences: ScaledVectors | HalfVectors
    starts: NDArray[np.int64]
    columns: Columns
    index: FaissIndex
    lexical: LexicalIndex

    def sentences_at(self, rows: NDArray[np.int64]) -> ScaledVectors:
        """Return the sentence vectors at some rows."""
        taken: NDArray[Any] = np.take(self.sentences, rows, axis=0)
        return taken if is_scaled(taken) else scaled(taken)

    @classmethod
    def open(cls, directory: Path, language: str, dim: int) -> Segment:
        """Open a segment of :func:`write_segment`.

        Raises:
            OSError: a file is missing.
            ValueError: a file does not have its format.
        """
        vectors = _map(directory / _VECTORS, dim)
        index = directory / _INDEX
        halves = directory / _HALF_SENTENCES
        return cls(
            keys=np.load(directory / _KEYS),
            vectors=vectors,
            sentences=_map(halves, dim)
            if halves.exists()
            else _map(directory / _SENTENCES, dim + SCALE_BYTES, "i1"),
            starts=np.load(directory / _STARTS),
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
    starts = [0]

    def texts() -> Iterator[tuple[int, str]]:
        """Yield rows and texts for the word index; write everything else on the way."""
        with (
            (directory / _VECTORS).open("wb") as vectors,
            (directory / _SENTENCES).open("wb") as sentences,
        ):
            for row, passage in enumerate(passages):
                encoded = passage.encoded
                vectors.write(encoded.vector.astype("<f2").tobytes())
                sentences.write(scaled(encoded.sentence_vectors).tobytes())
                keys.append(passage.key)
                starts.append(starts[-1] + len(encoded.sentence_vectors))
                columns.append(labels.row(passage.article))
                on_passages(1)
                yield row, passage.text

    LexicalIndex.build(directory / _LEXICAL, texts(), language)
    np.save(directory / _KEYS, np.array(keys, dtype=np.int64))
    np.save(directory / _COLUMNS, np.array(columns, dtype=np.int32))
    np.save(directory / _STARTS, np.array(starts, dtype=np.int64))
    if len(keys) > FLAT_ROWS:
        build(_map(directory / _VECTORS, dim), directory / _INDEX)
    return keys[-1]


def _map(path: Path, width: int, kind: str = "<f2") -> NDArray[Any]:
    if path.stat().st_size == 0:
        return np.empty((0, width), dtype=kind)
    # A plain array: taking a row of a memmap object takes several times as long.
    return np.asarray(np.memmap(path, dtype=kind, mode="r")).reshape(-1, width)

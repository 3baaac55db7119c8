"""Nearest rows of a matrix of passage vectors, by a FAISS index in a file beside the matrix.

Up to :data:`FLAT_ROWS` rows a search compares every vector, and the index is made of the matrix
when it is opened; above that, it compares every vector's
4-bit code and scores the best few hundred again with the matrix. Neither skips a row, so a filter
costs no recall. Inverted lists and graphs, which skip rows, find too few of a question's
neighbours, because multilingual-e5-small puts questions apart from passages
(``tamngu bench query --kind all``). The codes take an eighth of the matrix, and the processor
compares 32 of them at a time in its registers.

One question is searched on the calling thread alone, so any number of threads can search at once.
With its own threads FAISS opens a parallel region even for a single question, and waits until all
of them had a turn: beside other work a search among 15,000 rows took 27 ms and 6.8 ms of CPU,
where it takes .4 ms alone. Several questions in one call are spread over all cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.inner_products import inner_products
from rag.index.faiss_kinds import KINDS, Index

Matrix = NDArray[np.float16]
Allowed = NDArray[np.bool_]

FLAT_ROWS = 50_000
"""Rows up to which every vector is compared exactly. At this size that takes 1.2 ms a question at
384 dimensions on one core of an EPYC, and codes with candidates take 1.0 ms; at 25,000 rows it
takes .6 ms, and codes take .8 ms."""

FEW_ROWS = 4_096
"""Allowed rows up to which only those are scored, exactly: 3 ms, as long as comparing the codes of
333,000 rows."""

_CANDIDATES = 12
"""Rows scored again with the matrix for each wanted row."""

_MAX_CANDIDATES = 800
"""Upper bound of candidates. Callers that want hundreds of rows score them in more detail
anyway."""

_MIN_CANDIDATES = 600
"""Lower bound of candidates. Among 600, the codes have the 10 best of 333,000 rows in .9999 of the
cases and the 50 best in .986; among 400, in .998 and .963, .4 ms faster."""

_TRAINING_ROWS = 65_536
"""Rows at even distances that an index is trained on: 4,096 for each of the 16 values of a code."""

_BLOCK = 16_384
"""Rows held in memory as float32 at a time while an index is built: 25 MB at 384 dimensions."""

# FAISS has type stubs, but they lack much of what is used here.
_faiss: Any = faiss


@dataclass(frozen=True)
class RowMatches:
    """The nearest rows of each question, best first.

    Attributes:
        rows: shape (questions, m), int64.
        scores: inner products with the float16 rows, same shape, float32.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


def build(vectors: Matrix, path: Path, kind: str | None = None) -> str:
    """Write the index of vectors to a file, and return its kind.

    Besides the index, memory holds a block of the vectors and the training sample as float32
    (100 MB at 384 dimensions), whatever the number of vectors.

    Args:
        vectors: unit vectors, shape (n, dim), float16; may be memory-mapped.
        path: the file; replaced if it exists.
        kind: a name in :data:`rag.index.faiss_kinds.KINDS`; None chooses by the number of rows.

    Raises:
        ValueError: the kind does not exist, or there are too few rows to train it (``flat`` takes
            any number).
        OSError: the file cannot be written.
    """
    rows, dim = vectors.shape
    name = kind or ("flat" if rows <= FLAT_ROWS else "pq4")
    if name not in KINDS:
        raise ValueError(f"{name!r} is not a kind of index; choose one of {', '.join(KINDS)}")
    if name != "flat" and rows < 64:
        raise ValueError(f"{rows} rows are too few for an index of the kind {name}")
    index = KINDS[name].make(dim, rows)
    if not index.is_trained:
        index.train(_evenly(vectors, _TRAINING_ROWS))
    for start in range(0, rows, _BLOCK):
        index.add(np.asarray(vectors[start : start + _BLOCK], dtype=np.float32))
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"cannot write the index {path}") from error
    return name


class FaissIndex:
    """An open index and the matrix that it was built from; any number of threads may search.

    Attributes:
        kind: a name in :data:`rag.index.faiss_kinds.KINDS`.
        rows: how many rows it has.
    """

    def __init__(self, index: Index, kind: str, vectors: Matrix) -> None:
        """Search an open index; :meth:`open` opens one."""
        self.kind = kind
        self.rows = len(vectors)
        self._index = index
        self._vectors = np.asarray(vectors)

    @classmethod
    def flat(cls, vectors: Matrix) -> FaissIndex:
        """Make an exact index of vectors, shape (n, dim), in memory: it is a copy of them.

        Raises:
            MemoryError: there is not enough memory.
        """
        index = KINDS["flat"].make(vectors.shape[1], len(vectors))
        codes = np.ascontiguousarray(vectors, dtype="<f2").view(np.uint8)
        index.add_sa_codes(codes.reshape(len(vectors), index.code_size))
        return cls(index, "flat", vectors)

    @classmethod
    def open(cls, path: Path, vectors: Matrix) -> FaissIndex:
        """Read the index of ``vectors``, shape (n, dim); the vectors are not copied.

        Raises:
            ValueError: the file does not exist or is not an index, or its number of vectors or
                their dimensions are others.
            MemoryError: there is not enough memory.
        """
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"{path} is not a FAISS index") from error
        except MemoryError as error:
            # A damaged file may state any size; its own size, and as much again, is what it takes.
            bytes(2 * path.stat().st_size)
            raise ValueError(f"{path} is not a FAISS index") from error
        kind = next((name for name, kind in KINDS.items() if type(index) is kind.index_class), None)
        if kind is None:
            raise ValueError(f"{path} is an index of an unknown kind: {type(index).__name__}")
        if (index.ntotal, index.d) != vectors.shape:
            raise ValueError(
                f"{path} is an index of {index.ntotal} vectors of {index.d} dimensions, not of "
                f"{vectors.shape[0]} of {vectors.shape[1]}"
            )
        return cls(index, kind, vectors)

    def search(self, questions: Vectors, top_k: int, allowed: Allowed | None = None) -> RowMatches:
        """Return the rows with the largest inner products.

        Args:
            questions: unit vectors, shape (questions, dim), float32.
            top_k: how many rows to find for each question, at least 1.
            allowed: which rows may be found, shape (n,); None allows all. Up to :data:`FEW_ROWS`
                allowed rows the result is exact; above, it is as good as without a filter.

        Returns:
            min(top_k, allowed rows) rows for each question.
        """
        among = self.rows if allowed is None else int(np.count_nonzero(allowed))
        found = min(top_k, among)
        if found == 0:
            return _empty(len(questions))
        if allowed is not None and among <= FEW_ROWS:
            return self._exactly(questions, found, allowed)
        is_exact = self.kind == "flat"
        wanted = found if is_exact else min(among, _candidates(found))
        # Parameters of the call: all threads share those of the index itself.
        parameters = KINDS[self.kind].parameters(self._index, among / self.rows)
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            # The parameters hold only a pointer; these names keep the selector and its bits alive.
            selector = _faiss.IDSelectorBitmap(bits)
            parameters.sel = selector
        with _threads_for(len(questions)):
            scores, rows = self._index.search(questions, wanted, params=parameters)
        if is_exact:
            return RowMatches(rows, scores)
        return self._rescored(questions, rows, found, allowed)

    def _rescored(
        self, questions: Vectors, rows: NDArray[np.int64], found: int, allowed: Allowed | None
    ) -> RowMatches:
        """Score candidates with the matrix and keep the best.

        Args:
            questions: shape (questions, dim).
            rows: candidates, shape (questions, n); -1 stands for no row.
            found: how many to keep.
            allowed: which rows may be found.
        """
        result = _empty(len(questions), found)
        for place, candidates in enumerate(rows):
            known = np.sort(candidates[candidates >= 0])
            if len(known) < found:
                # Lists and graphs may end before enough allowed rows are found.
                exact = self._exactly(questions[place : place + 1], found, allowed)
                result.rows[place], result.scores[place] = exact.rows[0], exact.scores[0]
                continue
            scores = inner_products(self._vectors[known], questions[place : place + 1])[:, 0]
            result.rows[place], result.scores[place] = _best(known, scores, found)
        return result

    def _exactly(self, questions: Vectors, found: int, allowed: Allowed | None) -> RowMatches:
        """Score all allowed rows with the matrix, a block at a time."""
        places = np.arange(self.rows) if allowed is None else np.flatnonzero(allowed)
        scores = np.empty((len(places), len(questions)), np.float32)
        for start in range(0, len(places), _BLOCK):
            block = self._vectors[places[start : start + _BLOCK]]
            scores[start : start + _BLOCK] = inner_products(block, questions)
        result = _empty(len(questions), found)
        for place in range(len(questions)):
            result.rows[place], result.scores[place] = _best(places, scores[:, place], found)
        return result


@contextmanager
def _threads_for(questions: int) -> Iterator[None]:
    """Let FAISS search one question on this thread; OpenMP keeps the number for each thread."""
    before = faiss.omp_get_max_threads()
    if questions == 1:
        faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _candidates(found: int) -> int:
    """Return how many candidates to take for so many wanted rows."""
    return max(_MIN_CANDIDATES, found, min(_CANDIDATES * found, _MAX_CANDIDATES))


def _evenly(vectors: Matrix, count: int) -> Vectors:
    """Return up to ``count`` rows at even distances, float32."""
    rows = len(vectors)
    places = np.arange(rows) if rows <= count else np.linspace(0, rows - 1, count).astype(np.int64)
    return np.asarray(vectors[places], dtype=np.float32)


def _best(
    rows: NDArray[np.int64], scores: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ``count`` best rows and their scores, best first; equal scores by their order."""
    order = np.argsort(-scores, kind="stable")[:count]
    return rows[order], scores[order]


def _empty(questions: int, count: int = 0) -> RowMatches:
    shape = (questions, count)
    return RowMatches(np.empty(shape, np.int64), np.empty(shape, np.float32))

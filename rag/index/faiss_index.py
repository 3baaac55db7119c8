"""Nearest rows of a matrix of passage vectors, with a FAISS index in a file beside it.

Up to :data:`FLAT_ROWS` rows every vector is compared; above, every vector's 4-bit code is, and the
best few hundred are scored again from the matrix. Nothing is skipped in either, so that a filter
costs no recall. Questions lie apart from the passages of multilingual-e5-small: inverted lists and
graphs find too few of a question's neighbours (``tamngu bench query --kind all``). The codes are an
eighth of the matrix and are compared 32 at a time in the processor's registers.

A single question is searched on the calling thread alone: FAISS opens no parallel region for one,
so that any number of threads may search at once without getting in each other's way. Several
questions in one call are spread over all cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors

Matrix = NDArray[np.float16]
Allowed = NDArray[np.bool_]

FLAT_ROWS = 50_000
"""Rows up to which every vector is compared exactly. That takes 1.2 ms a question at 384 dimensions
on one core of an EPYC; by codes and candidates it takes 1.0, at 25,000 rows .8 instead of .6."""

FEW_ROWS = 4_096
"""Allowed rows up to which those alone are scored, exactly: 3 ms, what the codes of 333,000 rows
take."""

_CANDIDATES = 12
"""Rows scored again from the matrix for each one wanted."""

_MOST_CANDIDATES = 800
"""However many are wanted: whoever wants hundreds looks at them more closely anyway."""

_LEAST_CANDIDATES = 600
"""Among so many the codes have the 10 best of 333,000 rows in .9999 of the cases and the 50 best in
.986; among 400 in .998 and .963, .4 ms sooner."""

_TRAINING_ROWS = 65_536
"""Drawn at even distances; 4,096 for each of the 16 values of a code."""

_BLOCK = 16_384
"""Rows that are in memory as float32 at a time while an index is built: 25 MB at 384 dimensions."""

# FAISS has stubs, but they lack much of what is used here.
_faiss: Any = faiss
_Index = Any
_Parameters = Any

_SQ = faiss.ScalarQuantizer


@dataclass(frozen=True)
class Matches:
    """The nearest rows of each question, best first.

    Attributes:
        rows: shape (questions, m), int64.
        scores: inner products with the float16 rows, same shape, float32.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class _Kind:
    """A way of indexing.

    Attributes:
        of: FAISS's class, by which a file's kind is known.
        make: an untrained index for (dimensions, rows).
        parameters: FAISS's search parameters for (index, share of rows allowed, in (0, 1]).
    """

    of: type
    make: Callable[[int, int], _Index]
    parameters: Callable[[_Index, float], _Parameters]


def _flat(dim: int, rows: int) -> _Index:
    return faiss.IndexScalarQuantizer(dim, _SQ.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _pq4(dim: int, rows: int) -> _Index:
    # L2 orders unit vectors as their inner product does, and its tables have to hold only what is
    # left of a vector beside its list's mean. In 8 bits they lose less than those of inner
    # products with whole vectors: .999 of the 10 best are found among 400, not .98. More lists
    # (64, 256) find as much and need more tables.
    coarse, lists = faiss.IndexFlatL2(dim), min(16, rows // 64)
    pairs = dim if dim % 2 else dim // 2
    index = faiss.IndexIVFPQFastScan(coarse, dim, lists, pairs, 4, faiss.METRIC_L2, 32, True)
    index.by_residual = True
    return index


def _rabitq(dim: int, rows: int) -> _Index:
    coarse, lists = faiss.IndexFlatL2(dim), min(16, rows // 64)
    return faiss.IndexIVFRaBitQFastScan(coarse, dim, lists, faiss.METRIC_L2, 32, True, 2)


def _ivf_sq8(dim: int, rows: int) -> _Index:
    coarse, lists = faiss.IndexFlatIP(dim), min(1024, rows // 64)
    metric = faiss.METRIC_INNER_PRODUCT
    return faiss.IndexIVFScalarQuantizer(coarse, dim, lists, _SQ.QT_8bit, metric, True)


def _hnsw(dim: int, rows: int) -> _Index:
    index = _faiss.IndexHNSWSQ(dim, _SQ.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    return index


def _whole(index: _Index, share: float) -> _Parameters:
    return _faiss.SearchParameters()


def _all_lists(index: _Index, share: float) -> _Parameters:
    return _faiss.SearchParametersIVF(nprobe=index.nlist)


def _all_bits(index: _Index, share: float) -> _Parameters:
    parameters = faiss.IVFRaBitQSearchParameters()
    parameters.nprobe, parameters.qb = index.nlist, 8
    return parameters


def _some_lists(index: _Index, share: float) -> _Parameters:
    """Probe a quarter of the lists, and more the fewer rows are allowed."""
    return _faiss.SearchParametersIVF(nprobe=min(index.nlist, int(index.nlist / 4 / share) + 1))


def _long_walk(index: _Index, share: float) -> _Parameters:
    """Keep 1024 rows in sight, and more the fewer rows are allowed."""
    return _faiss.SearchParametersHNSW(efSearch=min(16_384, int(1024 / share)))


_KINDS = {
    "flat": _Kind(faiss.IndexScalarQuantizer, _flat, _whole),
    "pq4": _Kind(faiss.IndexIVFPQFastScan, _pq4, _all_lists),
    # Never chosen; here to be compared with.
    "rabitq": _Kind(faiss.IndexIVFRaBitQFastScan, _rabitq, _all_bits),
    "ivf-sq8": _Kind(faiss.IndexIVFScalarQuantizer, _ivf_sq8, _some_lists),
    "hnsw": _Kind(faiss.IndexHNSWSQ, _hnsw, _long_walk),
}

KINDS = tuple(_KINDS)
"""Names of all kinds: what is chosen by size (flat, pq4) and what lost against it."""


def build(vectors: Matrix, path: Path, kind: str | None = None) -> str:
    """Write the index of vectors to a file and return its kind.

    Besides the index itself, memory holds a block of the vectors and the training sample as float32
    (100 MB at 384 dimensions), however many there are.

    Args:
        vectors: unit vectors, shape (n, dim), float16; may be memory-mapped.
        path: the file, replaced if it is there.
        kind: one of :data:`KINDS`; None chooses by the number of rows.

    Raises:
        ValueError: no such kind, or too few rows to train it (``flat`` takes any number).
        OSError: the file cannot be written.
    """
    rows, dim = vectors.shape
    name = kind or ("flat" if rows <= FLAT_ROWS else "pq4")
    if name not in _KINDS:
        raise ValueError(f"{name!r} is no kind of index; there are {', '.join(KINDS)}")
    if name != "flat" and rows < 64:
        raise ValueError(f"{rows} rows are too few for an index of the kind {name}")
    index = _KINDS[name].make(dim, rows)
    if not index.is_trained:
        index.train(_evenly(vectors, _TRAINING_ROWS))
    for start in range(0, rows, _BLOCK):
        index.add(np.asarray(vectors[start : start + _BLOCK], dtype=np.float32))
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(f"cannot write the index {path}") from error
    return name


class FaissRows:
    """An open index and the matrix that it was built from; any number of threads may search."""

    def __init__(self, index: _Index, kind: str, vectors: Matrix) -> None:
        """Use :meth:`open`."""
        self.kind = kind
        self.rows = len(vectors)
        self._index = index
        self._vectors = np.asarray(vectors)

    @classmethod
    def open(cls, path: Path, vectors: Matrix) -> FaissRows:
        """Read the index of ``vectors``, shape (n, dim), which stay where they are.

        Raises:
            ValueError: the file is not there or no index, or not one of those vectors' number and
                dimensions.
        """
        try:
            index = faiss.read_index(str(path))
        except (RuntimeError, MemoryError) as error:
            raise ValueError(f"{path} is no FAISS index") from error
        kind = next((name for name, known in _KINDS.items() if type(index) is known.of), None)
        if kind is None:
            raise ValueError(f"{path} is an index of another kind: {type(index).__name__}")
        if (index.ntotal, index.d) != vectors.shape:
            raise ValueError(
                f"{path} is an index of {index.ntotal} vectors of {index.d} dimensions, not of "
                f"{vectors.shape[0]} of {vectors.shape[1]}"
            )
        return cls(index, kind, vectors)

    def search(self, questions: Vectors, k: int, allowed: Allowed | None = None) -> Matches:
        """Return the rows with the largest inner products.

        Args:
            questions: unit vectors, shape (questions, dim), float32.
            k: rows wanted for each question, at least 1.
            allowed: which rows may be found, shape (n,); None for all. Up to :data:`FEW_ROWS` the
                result is exact; above, as good as without.

        Returns:
            min(k, rows allowed) rows for each question.
        """
        among = self.rows if allowed is None else int(np.count_nonzero(allowed))
        found = min(k, among)
        if found == 0:
            return _empty(len(questions))
        if allowed is not None and among <= FEW_ROWS:
            return self._exactly(questions, found, allowed)
        exact = self.kind == "flat"
        wanted = (
            found
            if exact
            else min(
                among, max(_LEAST_CANDIDATES, found, min(_CANDIDATES * found, _MOST_CANDIDATES))
            )
        )
        # The call's own: the parameters of the index are shared by all threads.
        parameters = _KINDS[self.kind].parameters(self._index, among / self.rows)
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            # The parameters keep only a pointer; these names keep the selector and its bits.
            selector = _faiss.IDSelectorBitmap(bits)
            parameters.sel = selector
        scores, rows = self._index.search(questions, wanted, params=parameters)
        return Matches(rows, scores) if exact else self._rescored(questions, rows, found, allowed)

    def _rescored(
        self, questions: Vectors, rows: NDArray[np.int64], found: int, allowed: Allowed | None
    ) -> Matches:
        """Score candidates, shape (questions, n), -1 for none, from the matrix; keep the best."""
        result = _empty(len(questions), found)
        for place, candidates in enumerate(rows):
            known = np.sort(candidates[candidates >= 0])
            if len(known) < found:
                # Lists and graphs may run out of allowed rows before there are enough.
                exact = self._exactly(questions[place : place + 1], found, allowed)
                result.rows[place], result.scores[place] = exact.rows[0], exact.scores[0]
                continue
            scores = self._vectors[known].astype(np.float32) @ questions[place]
            result.rows[place], result.scores[place] = _best(known, scores, found)
        return result

    def _exactly(self, questions: Vectors, found: int, allowed: Allowed | None) -> Matches:
        """Score all allowed rows, a block at a time."""
        places = np.arange(self.rows) if allowed is None else np.flatnonzero(allowed)
        scores = np.empty((len(places), len(questions)), np.float32)
        for start in range(0, len(places), _BLOCK):
            block = self._vectors[places[start : start + _BLOCK]].astype(np.float32)
            scores[start : start + _BLOCK] = block @ questions.T
        result = _empty(len(questions), found)
        for place in range(len(questions)):
            result.rows[place], result.scores[place] = _best(places, scores[:, place], found)
        return result


def _evenly(vectors: Matrix, count: int) -> Vectors:
    """Return up to ``count`` rows at even distances, float32."""
    rows = len(vectors)
    chosen = np.arange(rows) if rows <= count else np.linspace(0, rows - 1, count).astype(np.int64)
    return np.asarray(vectors[chosen], dtype=np.float32)


def _best(
    rows: NDArray[np.int64], scores: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ``count`` best rows and their scores, best first; of equals the first row."""
    order = np.argsort(-scores, kind="stable")[:count]
    return rows[order], scores[order]


def _empty(questions: int, count: int = 0) -> Matches:
    shape = (questions, count)
    return Matches(np.empty(shape, np.int64), np.empty(shape, np.float32))

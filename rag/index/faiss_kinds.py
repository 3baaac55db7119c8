"""The kinds of FAISS index: the two that are used, and three to compare them with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import faiss

# FAISS has type stubs, but they lack much of what is used here.
_faiss: Any = faiss
Index = Any
Parameters = Any

_SQ = faiss.ScalarQuantizer


@dataclass(frozen=True)
class Kind:
    """One way to index vectors.

    Attributes:
        index_class: FAISS's class; a file's kind is recognised by it.
        make: returns an untrained index for (dimensions, rows).
        parameters: returns FAISS's search parameters for (index, share of allowed rows in (0, 1]).
    """

    index_class: type
    make: Callable[[int, int], Index]
    parameters: Callable[[Index, float], Parameters]


def _flat(dim: int, rows: int) -> Index:
    return faiss.IndexScalarQuantizer(dim, _SQ.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _pq4(dim: int, rows: int) -> Index:
    # L2 distance orders unit vectors as the inner product does, and its tables have to hold only
    # the difference between a vector and the mean of its list. In 8 bits they lose less than tables
    # of inner products with whole vectors: .999 of the 10 best are among 400 candidates, not .98.
    # More lists (64, 256) find as much and need more tables.
    coarse, lists = faiss.IndexFlatL2(dim), min(16, rows // 64)
    pairs = dim if dim % 2 else dim // 2
    index = faiss.IndexIVFPQFastScan(coarse, dim, lists, pairs, 4, faiss.METRIC_L2, 32, True)
    index.by_residual = True
    return index


def _rabitq(dim: int, rows: int) -> Index:
    coarse, lists = faiss.IndexFlatL2(dim), min(16, rows // 64)
    return faiss.IndexIVFRaBitQFastScan(coarse, dim, lists, faiss.METRIC_L2, 32, True, 2)


def _ivf_sq8(dim: int, rows: int) -> Index:
    coarse, lists = faiss.IndexFlatIP(dim), min(1024, rows // 64)
    metric = faiss.METRIC_INNER_PRODUCT
    return faiss.IndexIVFScalarQuantizer(coarse, dim, lists, _SQ.QT_8bit, metric, True)


def _hnsw(dim: int, rows: int) -> Index:
    index = _faiss.IndexHNSWSQ(dim, _SQ.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    return index


def _all_rows(index: Index, share: float) -> Parameters:
    return _faiss.SearchParameters()


def _all_lists(index: Index, share: float) -> Parameters:
    return _faiss.SearchParametersIVF(nprobe=index.nlist)


def _all_bits(index: Index, share: float) -> Parameters:
    parameters = faiss.IVFRaBitQSearchParameters()
    parameters.nprobe, parameters.qb = index.nlist, 8
    return parameters


def _some_lists(index: Index, share: float) -> Parameters:
    """Search a quarter of the lists; the fewer rows are allowed, the more lists."""
    return _faiss.SearchParametersIVF(nprobe=min(index.nlist, int(index.nlist / 4 / share) + 1))


def _long_walk(index: Index, share: float) -> Parameters:
    """Keep a queue of 1024 rows; the fewer rows are allowed, the longer the queue."""
    return _faiss.SearchParametersHNSW(efSearch=min(16_384, int(1024 / share)))


KINDS = {
    "flat": Kind(faiss.IndexScalarQuantizer, _flat, _all_rows),
    "pq4": Kind(faiss.IndexIVFPQFastScan, _pq4, _all_lists),
    # Never used for a collection; measured for comparison.
    "rabitq": Kind(faiss.IndexIVFRaBitQFastScan, _rabitq, _all_bits),
    "ivf-sq8": Kind(faiss.IndexIVFScalarQuantizer, _ivf_sq8, _some_lists),
    "hnsw": Kind(faiss.IndexHNSWSQ, _hnsw, _long_walk),
}
"""By name: ``flat`` and ``pq4`` are used, depending on the number of rows; the others were slower
or found less."""

"""Filtered searches, cut into parts that Milvus compares exactly.

A graph loses passages where a filter leaves few of them: the way from one to the next leads over
passages that are left out. Milvus compares all that is left only where a filter leaves less than
.07 of a segment (``kHnswBruteForceFilterRate`` of knowhere, its library of indexes). So a search
among more is asked as several, each about the keys with one remainder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rag.cluster.milvus.expressions import expression
from rag.cluster.vectors import Condition
from rag.index.vector_index import Matches

_COMPARED = 0.06
"""The share of passages in one part. Segments differ a little, so it is below .07."""

_IN_GRAPH = 0.3
"""The share of passages from which on the graph is asked. With 100,000 passages of the sample's
kind it found .989 of the ten best of a third, .980 of a quarter, and .952 of a tenth."""

_MOST = 300_000
"""Passages that are compared exactly; with more, the graph is asked. Chosen manually, not tuned:
a core compares about so many in .1 seconds."""


def part_expressions(condition: Condition, matching: int, held: int) -> Sequence[str]:
    """Return expressions of which each passage that meets a condition meets exactly one.

    Args:
        condition: the condition.
        matching: passages that meet it.
        held: passages among which Milvus looks for them.
    """
    whole = expression(condition)
    parts = number_of_parts(matching, held)
    if parts == 1:
        return [whole]
    return [f"{whole} and key % {parts} == {remainder}" for remainder in range(parts)]


def number_of_parts(matching: int, held: int) -> int:
    """Return into how many parts a search is cut.

    Args:
        matching: passages that meet the filter.
        held: passages among which Milvus looks for them.
    """
    if matching > min(_MOST, _IN_GRAPH * held):
        return 1
    return max(1, math.ceil(matching / (_COMPARED * held))) if held else 1


def best_of(parts: Sequence[Matches], top_k: int) -> Matches:
    """Return the best passages of all parts, best first; equal ones in the order of their keys."""
    keys = np.concatenate([part.keys for part in parts], axis=1)
    scores = np.concatenate([part.scores for part in parts], axis=1)
    best = np.lexsort((keys, -scores), axis=1)[:, :top_k]
    return Matches(np.take_along_axis(keys, best, 1), np.take_along_axis(scores, best, 1))

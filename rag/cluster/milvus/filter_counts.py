"""How many passages of Milvus meet a filter, and among how many."""

from __future__ import annotations

import time
from collections.abc import Callable

from rag.cluster.milvus.expressions import expression
from rag.cluster.vectors import Condition

_COUNTED_AGAIN_S = 60.0
"""Seconds for which the number of a language's passages is taken to be as it was counted."""


class FilterCounts:
    """Counts passages, for any number of threads."""

    def __init__(self, count: Callable[[str], int]) -> None:
        """Count nothing yet.

        Args:
            count: returns how many passages meet an expression.
        """
        self._count = count
        self._held: dict[str, tuple[float, int]] = {}

    def of(self, condition: Condition) -> tuple[int, int]:
        """Return how many passages meet a condition, and about how many its language has.

        Nothing is counted for a condition that is no filter: all meet it.
        """
        if not condition.is_filter:
            return 1, 1
        return self._count(expression(condition)), self._held_of(condition.language)

    def _held_of(self, language: str) -> int:
        counted_at, passages = self._held.get(language, (-_COUNTED_AGAIN_S, 0))
        if time.monotonic() - counted_at >= _COUNTED_AGAIN_S:
            passages = self._count(expression(Condition(language)))
            self._held[language] = time.monotonic(), passages
        return passages

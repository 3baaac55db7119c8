from __future__ import annotations

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cluster.milvus.exact_parts import best_of, number_of_parts, part_expressions
from rag.cluster.milvus.expressions import expression
from rag.cluster.milvus.filter_counts import FilterCounts
from rag.cluster.milvus.index_kinds import lists_probed
from rag.cluster.vectors import Condition
from rag.index.vector_index import Matches

IN_VIETNAMESE = Condition("vi")
ON_SOME_DAYS = Condition("vi", first_day=738_000, last_day=738_400)


def counting(matching: int, held: int, asked: list[str]) -> FilterCounts:
    def count(filtered: str) -> int:
        asked.append(filtered)
        return held if filtered == expression(IN_VIETNAMESE) else matching

    return FilterCounts(count)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_part_is_compared_exactly_or_there_is_only_one(matching: int, held: int) -> None:
    parts = number_of_parts(matching, held)
    assert parts >= 1
    if parts > 1:
        assert matching / parts <= 0.06 * held
        # Not more than needed.
        assert matching / (parts - 1) > 0.06 * held


@pytest.mark.parametrize(
    ("matching", "held", "parts"),
    [(0, 0, 1), (0, 100_000, 1), (5_000, 100_000, 1), (10_000, 100_000, 2), (20_000, 100_000, 4)],
)
def test_a_search_is_cut_where_a_filter_leaves_few(matching: int, held: int, parts: int) -> None:
    assert number_of_parts(matching, held) == parts


def test_the_graph_is_asked_where_much_is_left() -> None:
    assert number_of_parts(50_000, 100_000) == 1
    assert number_of_parts(1_000_000, 10_000_000) == 1


@given(st.integers(0, 2**63 - 1))
def test_each_key_is_in_one_part(key: int) -> None:
    found = part_expressions(ON_SOME_DAYS, 20_000, 100_000)
    remainders = [re.fullmatch(r"(.*) and key % (\d+) == (\d+)", each) for each in found]
    assert all(each and each[1] == expression(ON_SOME_DAYS) for each in remainders)
    assert sum(key % int(each[2]) == int(each[3]) for each in remainders if each) == 1


def test_nothing_is_counted_without_a_filter() -> None:
    asked: list[str] = []
    assert counting(1, 10, asked).of(Condition("vi", without=[1, 2])) == (1, 1)
    assert not asked


def test_the_passages_of_a_language_are_not_counted_for_each_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    counts = counting(10_000, 100_000, asked)
    for _ in range(3):
        assert counts.of(ON_SOME_DAYS) == (10_000, 100_000)
    assert asked.count(expression(IN_VIETNAMESE)) == 1
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    counts.of(ON_SOME_DAYS)
    assert asked.count(expression(IN_VIETNAMESE)) == 2


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_fewer_passages_a_filter_leaves_the_more_lists_are_compared(
    matching: int, held: int
) -> None:
    lists = lists_probed(min(matching, held), held)
    assert lists_probed(held, held) <= lists <= 4096
    assert lists <= lists_probed(min(matching, held) // 2, held)


@given(st.lists(st.integers(-5, 5), max_size=40), st.integers(1, 5), st.integers(1, 12))
def test_the_best_of_all_parts_are_the_best_of_the_whole(
    of_keys: list[int], parts: int, top_k: int
) -> None:
    keys = np.arange(len(of_keys), dtype=np.int64)
    scores = np.array(of_keys, dtype=np.float32)
    found = []
    for remainder in range(parts):
        own = keys[keys % parts == remainder]
        best = own[np.lexsort((own, -scores[own]))][:top_k]
        found.append(Matches(best[None], scores[best][None]))
    whole = np.lexsort((keys, -scores))[:top_k]
    joined = best_of(found, top_k)
    assert joined.keys.tolist() == [whole.tolist()]
    assert joined.scores.tolist() == [scores[whole].tolist()]

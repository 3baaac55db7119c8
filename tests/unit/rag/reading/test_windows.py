from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.windows import window_around_best, windows_of_all
from rag.text.span import Span


def spans(count: int) -> list[Span]:
    """Return sentences of nine characters with a space between them."""
    return [Span(10 * n, 10 * n + 9) for n in range(count)]


def window(scores: list[float], tokens: list[int], budget: int) -> tuple[int, int]:
    """Return the first and the last sentence of the window."""
    found = window_around_best(spans(len(scores)), np.array(scores, np.float32), tokens, budget)
    assert found.start % 10 == 0
    assert found.end % 10 == 9
    return found.start // 10, found.end // 10


@pytest.mark.parametrize(
    ("scores", "tokens", "budget", "expected"),
    [
        ([1], [5], 10, (0, 0)),
        ([0, 2, 1], [5, 5, 5], 10, (1, 2)),
        ([0, 2, 1], [5, 5, 5], 15, (0, 2)),
        ([0, 2, 1], [5, 5, 6], 10, (0, 1)),
        ([0, 0, 2], [5, 5, 5], 10, (1, 2)),
        # The best sentence is read even if it is long; then nothing is read beside it.
        ([0, 2, 1], [5, 50, 5], 10, (1, 1)),
        # What is next to the window has to fit: it does not leave out sentences.
        ([0, 0, 9, 0, 0], [1, 90, 5, 90, 1], 10, (2, 2)),
        # By turns: after, before, after.
        ([0, 0, 9, 0, 0], [1, 1, 1, 1, 1], 4, (1, 4)),
        ([0, 0], [5, 5], 10, (0, 1)),
        ([0, 2], [0, 0], 0, (0, 1)),
    ],
)
def test_the_best_sentence_gets_its_neighbours(
    scores: list[float], tokens: list[int], budget: int, expected: tuple[int, int]
) -> None:
    assert window(scores, tokens, budget) == expected


@given(
    st.lists(st.tuples(st.floats(-9, 9, width=32), st.integers(0, 60)), min_size=1, max_size=30),
    st.integers(0, 200),
)
def test_a_window_holds_the_best_sentence_within_its_budget(
    sentences: list[tuple[float, int]], budget: int
) -> None:
    scores, tokens = [score for score, _ in sentences], [count for _, count in sentences]
    first, last = window(scores, tokens, budget)
    best = int(np.argmax(np.array(scores, np.float32)))
    assert 0 <= first <= best <= last < len(sentences)
    used = sum(tokens[first : last + 1])
    assert used <= budget or (first, last) == (best, best)
    # Neither neighbour would have fitted beside what is in it.
    for beside in (first - 1, last + 1):
        if 0 <= beside < len(sentences):
            assert used + tokens[beside] > budget


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 80))
def test_all_windows_together_have_each_sentence_once(tokens: list[int], budget: int) -> None:
    windows = windows_of_all(spans(len(tokens)), tokens, budget)
    assert [windows[0].start, windows[-1].end] == [0, 10 * len(tokens) - 1]
    for before, after in itertools.pairwise(windows):
        assert after.start == before.end + 1
    for each in windows:
        own = tokens[each.start // 10 : each.end // 10 + 1]
        assert sum(own) <= budget or len(own) == 1


def test_windows_are_of_about_the_same_length() -> None:
    windows = windows_of_all(spans(10), [10] * 10, 80)
    assert [(each.end - each.start) // 10 + 1 for each in windows] == [5, 5]

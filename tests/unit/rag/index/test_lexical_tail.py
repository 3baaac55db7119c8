from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.index.lexical_index import LexicalIndex
from rag.index.lexical_tail import LexicalTail, rounded_all, rounded_length
from tests.unit.rag.index.test_lexical_index import _texts
from tests.waiting import PATIENCE_S

_QUESTIONS = ["a0 b5 c7 d9", "a3 a3 a4", "d1", "b2 d50 a0 a1 a2"]


def _index(directory: Path, texts: list[str]) -> LexicalIndex:
    LexicalIndex.build(directory, enumerate(texts), "en")
    return LexicalIndex.open(directory, "en")


def _tail(texts: list[str], first: int = 0) -> LexicalTail:
    tail = LexicalTail("en")
    tail.add(range(first, first + len(texts)), texts)
    return tail


def _all(number: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(number, dtype=np.bool_)


@pytest.mark.parametrize("question", _QUESTIONS)
@pytest.mark.parametrize("fresh", [10, 150])
def test_fresh_passages_score_as_if_they_were_in_the_index(
    tmp_path: Path, question: str, fresh: int
) -> None:
    texts = _texts(300)
    whole = _index(tmp_path / "whole", texts)
    base = _index(tmp_path / "base", texts[:-fresh])
    rows, scores = _tail(texts[-fresh:], 300 - fresh).search(question, 300, _all(300), base)
    expected_rows, expected = whole.search(question, 300)
    late = expected_rows >= 300 - fresh
    assert rows.tolist() == expected_rows[late].tolist()
    np.testing.assert_allclose(scores, expected[late], rtol=1e-5)


@pytest.mark.parametrize("question", _QUESTIONS)
def test_a_tail_without_an_index_on_disk_ranks_by_its_own_statistics(
    tmp_path: Path, question: str
) -> None:
    texts = _texts(80)
    rows, scores = _tail(texts).search(question, 20, _all(80), None)
    expected_rows, expected = _index(tmp_path / "index", texts).search(question, 20)
    assert rows.tolist() == expected_rows.tolist()
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
    assert [rows.dtype.name, scores.dtype.name] == ["int64", "float32"]


def test_long_passages_score_as_in_the_index(tmp_path: Path) -> None:
    texts = [f"red {'x ' * length}" for length in range(0, 3000, 37)]
    rows, scores = _tail(texts).search("red", 100, _all(100), None)
    expected_rows, expected = _index(tmp_path / "index", texts).search("red", 100)
    assert rows.tolist() == expected_rows.tolist()
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_only_allowed_rows_are_returned() -> None:
    allowed = np.array([True, False, True])
    assert _tail(["red"] * 3).search("red", 5, allowed, None)[0].tolist() == [0, 2]


@settings(max_examples=20)
@given(st.integers(0, 40), st.sampled_from(_QUESTIONS))
def test_an_older_reader_does_not_see_later_passages(known: int, question: str) -> None:
    texts = _texts(40)
    older = _tail(texts[:known]).search(question, 10, _all(known), None)
    newer = _tail(texts).search(question, 10, _all(known), None)
    np.testing.assert_array_equal(older, newer)


@pytest.mark.parametrize("question", ["", "zebra", "\x00"])
def test_without_a_match_nothing_is_returned(question: str) -> None:
    for texts in ([], ["red", ""]):
        rows, scores = _tail(texts).search(question, 5, _all(2), None)
        assert len(rows) == len(scores) == 0


def test_rows_and_texts_of_different_number_are_refused() -> None:
    tail = _tail(["red"])
    with pytest.raises(ValueError, match="2 rows"):
        tail.add([1, 2], ["red"])
    assert len(tail) == 1


def test_searches_see_complete_passages_while_others_are_added() -> None:
    tail = LexicalTail("en")
    texts = _texts(400)
    expected = _tail(texts)

    def add() -> None:
        for start in range(0, 400, 5):
            tail.add(range(start, start + 5), texts[start : start + 5])

    def search() -> None:
        while len(tail) < 400:
            known = len(tail)
            for question in _QUESTIONS:
                found = tail.search(question, 10, _all(known), None)
                np.testing.assert_array_equal(
                    found, expected.search(question, 10, _all(known), None)
                )

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(search) for _ in range(3)] + [pool.submit(add)]
        for run in runs:
            run.result(timeout=PATIENCE_S)


@given(st.lists(st.integers(0, 10**7)))
def test_many_lengths_are_rounded_as_each_of_them_is(lengths: list[int]) -> None:
    found = rounded_all(np.array(lengths, dtype=np.int64))
    assert found.tolist() == [rounded_length(each) for each in lengths]

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.reader.windows import LONG_WINDOWS, SHORT_WINDOWS, WindowCutter
from rag.text.sentences import sentences

TEXT = " ".join(f"Câu số {n} nói rằng có {n * 7} nước dự hội nghị." for n in range(30))

SEEDS = st.integers(0, 1000)

BUDGETS = st.sampled_from([LONG_WINDOWS, SHORT_WINDOWS, (5,)])


def words(text: str) -> int:
    return len(text.split())


@given(SEEDS, BUDGETS, st.integers(0, len(TEXT) - 1), st.integers(1, 60))
def test_a_window_is_whole_sentences_around_an_answer(
    seed: int, budgets: tuple[int, ...], start: int, length: int
) -> None:
    end = min(len(TEXT), start + length)
    first, last = WindowCutter(words, seed, budgets).around(TEXT, (start, end))
    spans = sentences(TEXT)
    if TEXT[start:end].strip():
        assert first <= start + len(TEXT[start:end]) - len(TEXT[start:end].lstrip())
        assert len(TEXT[:end].rstrip()) <= last
        assert first in {each.start for each in spans}
        assert last in {each.end for each in spans}


@given(SEEDS, BUDGETS)
def test_a_window_anywhere_is_about_as_long_as_its_budget(
    seed: int, budgets: tuple[int, ...]
) -> None:
    first, last = WindowCutter(words, seed, budgets).anywhere(TEXT)
    longest = max(words(span.of(TEXT)) for span in sentences(TEXT))
    count = words(TEXT[first:last])
    assert count <= max(1.25 * max(budgets), longest)
    assert count >= min(min(budgets) - longest, longest)


@given(SEEDS, st.integers(0, 29))
def test_without_its_answer_a_window_has_the_other_sentences(seed: int, number: int) -> None:
    answer = f"số {number} nói"
    rest = WindowCutter(words, seed).without(TEXT, (0, len(TEXT)), [answer])
    assert answer not in rest
    assert len(sentences(rest)) == 29


def test_chinese_sentences_are_joined_without_a_space() -> None:
    text = "会议在顺化举行。十一国出席。主席是他。"
    assert (
        WindowCutter(len, 1).without(text, (0, len(text)), ["十一"]) == "会议在顺化举行。主席是他。"
    )
    assert WindowCutter(len, 1).without(text, (0, len(text)), ["。"]) == ""


@given(SEEDS)
def test_the_same_seed_cuts_the_same_windows(seed: int) -> None:
    one, other = WindowCutter(words, seed), WindowCutter(words, seed)
    assert [one.anywhere(TEXT) for _ in range(9)] == [other.anywhere(TEXT) for _ in range(9)]


def test_a_text_without_sentences_is_one_window() -> None:
    assert WindowCutter(words, 1).anywhere(" ") == (0, 1)
    assert WindowCutter(words, 1).around(" ", (0, 1)) == (0, 1)

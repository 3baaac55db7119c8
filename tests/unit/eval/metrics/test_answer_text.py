from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.answer_text import answer_tokens, contains, token_f1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("聯合國大會", "联合国大会"),
        ("The United Nations", "united nations."),
        ("Liên Hợp Quốc", "liên hợp quốc!"),
        ("ＡＳＥＡＮ", "asean"),
        ("Hội đồng", "Hội đồng"),
    ],
)
def test_what_is_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert answer_tokens(one) == answer_tokens(other)
    assert token_f1(one, [other]) == 1


def test_diacritics_tell_words_apart() -> None:
    assert not contains("ma", ["má"])


@settings(deadline=None)
@given(st.text(), st.text())
def test_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    value = token_f1(one, [other])
    assert 0 <= value <= 1
    assert value == token_f1(other, [one])


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abc"), min_size=1))
def test_f1_is_the_harmonic_mean(one: list[str], other: list[str]) -> None:
    # "a" is an English article, which is left out.
    words, wanted = ([word * 2 for word in some] for some in (one, other))
    shared = (Counter(words) & Counter(wanted)).total()
    expected = 0.0
    if shared:
        precision, recall = shared / len(words), shared / len(wanted)
        expected = 2 * precision * recall / (precision + recall)
    assert token_f1(" ".join(words), [" ".join(wanted)]) == pytest.approx(expected)


def test_an_answer_without_words_is_nowhere() -> None:
    assert not contains("anything", ["?!", ""])
    assert token_f1("anything", []) == 0

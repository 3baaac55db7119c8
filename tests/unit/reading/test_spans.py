from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading.reader import Reading
from reading.spans import MAX_ANSWER_TOKENS, best_spans
from tests.unit.reading.places import check


def words(text: str) -> list[tuple[int, int]]:
    """Return the words of a text as tokens; each but the first has the space before it."""
    places = []
    start = 0
    for word in text.split(" "):
        end = start + len(word) + (start > 0)
        places.append((start, end))
        start = end
    return places


def logits(length: int, **likely: float) -> np.ndarray:
    """Return logits that are low except at some tokens, such as ``at_3=5.0``."""
    made = np.full(length, -20.0, np.float32)
    for name, value in likely.items():
        made[int(name.removeprefix("at_"))] = value
    return made


def found(text: str, starts: np.ndarray, ends: np.ndarray) -> list[str]:
    return [text[each.start : each.end] for each in best_spans(text, words(text), starts, ends)]


def test_the_likeliest_place_is_first() -> None:
    text = "Nghị quyết được 110 nước đồng bảo trợ ở New York"
    starts, ends = logits(11, at_3=4.0, at_9=3.0), logits(11, at_4=4.0, at_10=3.0)
    assert found(text, starts, ends) == ["110 nước", "New York"]


def test_the_scores_are_probabilities_of_the_places() -> None:
    first, second = best_spans(
        "a b", [(0, 1), (1, 3)], logits(2, at_0=2.0, at_1=1.0), logits(2, at_0=2.0, at_1=1.0)
    )
    # Of the places a, b and "a b", their logits added: 4, 2 and 3.
    whole = np.exp(4) + np.exp(2) + np.exp(3)
    assert (first.score, second.score) == pytest.approx(
        (np.exp(4) / whole, np.exp(2) / whole), abs=1e-4
    )


def test_a_place_within_a_likelier_one_is_left_out() -> None:
    text = "the United Nations General Assembly"
    starts, ends = logits(5, at_1=4.0), logits(5, at_2=4.0, at_4=4.1)
    assert found(text, starts, ends) == ["United Nations General Assembly"]


def test_an_answer_does_not_end_before_it_begins_or_grow_too_long() -> None:
    text = " ".join("x" * 60)
    starts, ends = logits(60, at_20=9.0), logits(60, at_3=9.0, at_58=9.0, at_25=1.0)
    assert found(text, starts, ends)[0] == " ".join("x" * 6)
    last = 20 + MAX_ANSWER_TOKENS - 1
    ends = logits(60, **{f"at_{last}": 9.0})
    assert found(text, starts, ends)[0] == " ".join("x" * MAX_ANSWER_TOKENS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 110 nước,", "110 nước"),
        ("（联合国）", "（联合国）"),
        ("“Hà Nội”.", "“Hà Nội”"),
        ("“Hà Nội.", "Hà Nội"),
        ("ASEAN (Jakarta)", "ASEAN (Jakarta)"),
        ("ASEAN (Jakarta", "ASEAN (Jakarta"),
        ("(Jakarta", "Jakarta"),
        ("Jakarta)", "Jakarta"),
        ("、《水浒传》。", "《水浒传》"),
        ("\u00a0\u20285,5%\u00a0", "5,5%"),
        ("-5 °C", "-5 °C"),
        ("-5 °C)) . )", "-5 °C"),
        ("$1.5", "$1.5"),
    ],
)
def test_marks_around_an_answer_are_left_out(text: str, expected: str) -> None:
    (only,) = best_spans(text, [(0, len(text))], logits(1, at_0=0.0), logits(1, at_0=0.0))
    assert text[only.start : only.end] == expected


@pytest.mark.parametrize("text", ["", " ", "。", "（）", "\u200b", "...", '"'])
def test_what_is_only_marks_is_no_answer(text: str) -> None:
    offsets = [(0, len(text))] if text else []
    spans = best_spans(text, offsets, *[np.zeros(len(offsets), np.float32)] * 2)
    assert [text[each.start : each.end] for each in spans] in ([], ['"'])


def test_brackets_by_the_thousand_are_trimmed() -> None:
    text = f"a{')' * 5000}"
    (only,) = best_spans(text, [(0, len(text))], logits(1, at_0=0.0), logits(1, at_0=0.0))
    assert (only.start, only.end) == (0, 1)


@given(st.data())
def test_places_lie_apart_inside_the_window(data: st.DataObject) -> None:
    text = data.draw(
        st.text(
            st.sampled_from("ab 中。，（）()[]“”\u0302🎌\u3000\n") | st.characters(), max_size=40
        )
    )
    # Tokens may have no characters, or the same as their neighbours have.
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    offsets = sorted(tuple(sorted(each)) for each in data.draw(st.lists(places, max_size=50)))
    numbers = st.lists(st.floats(-30, 30, width=32), min_size=len(offsets), max_size=len(offsets))
    starts, ends = (np.array(data.draw(numbers), np.float32) for _ in range(2))
    spans = best_spans(text, [(start, end) for start, end in offsets], starts, ends)
    check(text, Reading(0.5, spans))
    assert len(spans) <= 4

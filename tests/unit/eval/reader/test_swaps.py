from __future__ import annotations

import random
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from eval.reader.swaps import swapped, swapped_pairs
from eval.reader.windows import WindowCutter

TEXT = (
    "In 1995 the harbour of Hai Phong was rebuilt. Engineers from Osaka and from Da Nang drew the "
    "plans, and in 1998 the first ship of Hanjin Lines arrived."
)

SEEDS = st.integers(0, 500)


@given(SEEDS)
def test_a_number_becomes_one_that_the_passage_does_not_have(seed: int) -> None:
    question = "When, after 1995, did the first ship arrive?"
    other = swapped(question, TEXT, ["1998"], random.Random(seed))
    # Now and then 1998 is drawn, which the passage has.
    assume(other is not None)
    assert other is not None
    (number,) = re.findall(r"\d+", other)
    assert number not in TEXT
    assert other.replace(number, "1995") == question


@given(SEEDS)
def test_a_name_becomes_another_one_of_the_passage(seed: int) -> None:
    other = swapped("What did engineers from Osaka draw?", TEXT, ["plans"], random.Random(seed))
    assert other is not None
    assert "Osaka" not in other
    name = other.removeprefix("What did engineers from ").removesuffix(" draw?")
    assert name in TEXT


@given(SEEDS)
def test_no_name_of_the_answer_is_put_into_the_question(seed: int) -> None:
    answers = ["Da Nang", "Hai Phong", "Hanjin Lines"]
    assert swapped("Who helped those from Osaka?", TEXT, answers, random.Random(seed)) is None


def test_a_question_without_names_and_numbers_stays_out() -> None:
    assert swapped("who drew the plans?", TEXT, [], random.Random(1)) is None
    assert swapped("多少国家参加了会议？", "十一国参加了会议。", [], random.Random(1)) is None


@given(SEEDS)
def test_pairs_have_the_window_of_the_answer_and_none_in_it(seed: int) -> None:
    place = (TEXT.index("1998"), TEXT.index("1998") + 4)
    questions = (
        AnnotatedQuestion("When, after 1995, did the first ship arrive?", "en", (place,), True),
        AnnotatedQuestion("Which ship of 1994?", "en", (), False),
    )
    passage = AnnotatedPassage("set", "article", TEXT, "en", questions)
    cutter = WindowCutter(lambda text: len(text.split()), seed)
    pairs = list(swapped_pairs([passage], cutter, 1.0, seed))
    assume(pairs)
    (pair,) = pairs
    assert not pair.answerable
    assert (pair.kind, pair.languages, pair.answers) == ("swapped", "en-en", ())
    assert "1998" in pair.window
    assert list(swapped_pairs([passage], cutter, 0.0, seed)) == []

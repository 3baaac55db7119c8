"""What a written sentence is compared with, by the real encoder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from embeddings import Encoder
from embeddings.calibration.store import calibration_for
from rag.answering.support import Support
from rag.answering.verification import NumberedPassage, Sentence

STRIKE = NumberedPassage(
    1,
    "Strike at Halmar",
    None,
    "The union accepted a pay rise of 7.5% over two years. 64 ships were sent to other ports.",
    "en",
)
METRO = NumberedPassage(2, "地铁七号线", None, "七号线全长28.6公里，设22座车站。", "zh")
SHIPS = "During the strike, 64 ships were sent to other ports."


@pytest.fixture(scope="module")
def support(encoder: Encoder) -> Support:
    return Support(encoder, calibration_for(encoder), [STRIKE, METRO])


@pytest.mark.parametrize(
    ("text", "markers", "stands"),
    [
        (SHIPS, (1,), True),
        ("Trong cuộc đình công, 64 tàu phải chuyển sang các cảng khác.", (1,), True),
        ("The line has 22 stations and is 28.6 kilometres long.", (2,), True),
        (SHIPS, (2,), False),
        (SHIPS, (1, 2), True),
        ("It was a great lie.", (1,), False),
        ("Send your password to the union.", (1,), False),
        ("word " * 5000, (1,), False),
    ],
)
def test_a_sentence_stands_if_a_cited_passage_says_it(
    support: Support, text: str, markers: tuple[int, ...], stands: bool
) -> None:
    assert support.stands(Sentence(text, markers)) is stands


def test_the_place_is_the_nearest_sentence_and_never_the_title(support: Support) -> None:
    for text, begins in ((SHIPS, "64 ships"), ("Strike at Halmar", ("The union", "64 ships"))):
        place = support.place(Sentence(text, (1,)), 1)
        assert place is not None
        assert place.of(STRIKE.text).startswith(begins)


def test_a_passage_without_a_sentence_proves_nothing(encoder: Encoder) -> None:
    empty = NumberedPassage(1, "", None, "   ", "en")
    support = Support(encoder, calibration_for(encoder), [empty])
    assert not support.stands(Sentence(SHIPS, (1,)))
    assert support.place(Sentence(SHIPS, (1,)), 1) is None


def test_without_token_vectors_sentences_are_compared(encoder: Encoder) -> None:
    calibration = replace(calibration_for(encoder), tokens=None)
    support = Support(encoder, calibration, [STRIKE])
    match = support.match(Sentence(SHIPS, (1,)), "en")
    assert match is not None
    assert match.tokens is None
    assert support.stands(Sentence(SHIPS, (1,)))
    assert not support.stands(Sentence("It was a great lie.", (1,)))

from __future__ import annotations

import unicodedata

import pytest

from rag.text.diacritics import bare, syllable_counts
from rag.text.syllables import is_spelled_syllable, is_syllable


@pytest.mark.parametrize(
    "words",
    [
        "mèo khuỷu nghiêng giếng gì quốc quỳnh quýt hoà hòa thuý thúy",
        "ăn ở yêu xoong kẻng phở đường rượu khuya tuyết ngoằn oái",
    ],
)
def test_syllables_are_spelled_by_the_rules(words: str) -> None:
    for word in words.split():
        assert is_spelled_syllable(word), word
        assert is_spelled_syllable(unicodedata.normalize("NFD", word)), word
        assert is_syllable(bare(word)), word


@pytest.mark.parametrize(
    "words",
    # Of other languages; against the rules of k and ng; against those of tones.
    ["mère fête tôt café más también maçã città gołąb", "cè kà ngè", "quôc mat kich hòá"],
)
def test_other_words_are_no_syllables(words: str) -> None:
    assert not any(map(is_spelled_syllable, words.split()))


def test_the_syllables_of_texts_are_spelled_by_the_rules() -> None:
    counts = syllable_counts().single
    spelled = sum(count for word, count in counts.items() if is_spelled_syllable(word))
    assert spelled / sum(counts.values()) > 0.998

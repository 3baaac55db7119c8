"""Characters."""

from __future__ import annotations

import unicodedata

from tests.pdf_file import Words, wrapped
from tests.unit.rag.readers.pdf.pages import VI, text_of


def test_ligatures_and_radicals_become_what_they_stand_for_and_digits_stay() -> None:
    text = "ﬁnal oﬃce ⼈⺠⻓⽕ m² ① １２ x₂ ½"
    assert text_of([Words(50, 780, 10, text)]) == "final office 人民长火 m² ① １２ x₂ ½"


def test_vietnamese_is_composed() -> None:
    text = unicodedata.normalize("NFD", VI)
    assert text != VI
    assert text_of(wrapped(text, x=50, top=780, width=200)) == VI


def test_characters_beyond_the_basic_plane() -> None:
    assert text_of([Words(50, 780, 10, "𠀀𠮷 và 😀")]) == "𠀀𠮷 và 😀"


def test_no_control_characters() -> None:
    assert (
        text_of([Words(50, 780, 10, "a\x00b\x01c\x0bd\u200be\ufefff\u202eg \uf0b7 h")])
        == "abc defg • h"
    )


def test_han_characters_set_wide_have_no_spaces_between_them() -> None:
    assert text_of([Words(50, 780, 10, "联合国大会通过了决议", spread=4)]) == "联合国大会通过了决议"
    assert text_of([Words(50, 780, 10, "the end", spread=0.5)]) == "the end"


def test_gap_between_a_year_and_han_characters_is_no_space() -> None:
    pieces = [
        Words(50, 780, 10, "会议在"),
        Words(83, 780, 10, "2020"),
        Words(106, 780, 10, "年结束"),
    ]
    assert text_of(pieces) == "会议在2020年结束"
    assert text_of([Words(50, 780, 10, "the"), Words(68, 780, 10, "2020")]) == "the 2020"

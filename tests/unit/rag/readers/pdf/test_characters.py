"""Characters."""

from __future__ import annotations

import unicodedata

import pytest

from rag.readers.pdf.characters import Glyph, Space, runs_of
from tests.pdf_file import Words, width_of, wrapped
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


def set_apart(text: str, gap: float, *, made_up: bool = True) -> list[Glyph | Space]:
    """Letters with gaps, as pdfium gives them; a space in the text is a wider gap."""
    found: list[Glyph | Space] = []
    left = 50.0
    for i, letter in enumerate(text):
        if letter == " ":
            left += 2 * gap
            continue
        if i:
            found.append(Space(made_up))
        found.append(Glyph(letter, 0, left, left + 6, 700, 10))
        left += 6 + gap
    return found


@pytest.mark.parametrize("text", ["BÁO CÁO", "TIN TỨC", "THÔNG BÁO SỐ BA"])
def test_letters_that_are_set_apart_are_words(text: str) -> None:
    ((run,),) = runs_of(iter(set_apart(text, 2)))
    assert run.text == text


def test_letters_with_spaces_in_the_file_stay_apart() -> None:
    ((run,),) = runs_of(iter(set_apart("ABC", 2, made_up=False)))
    assert run.text == "A B C"


def test_exponents_and_marks_of_notes_stand_in_their_line() -> None:
    line = "Lượng nước cung cấp đạt 2,4 triệu m"
    end = 50 + width_of(line, 10)
    rest = ", bằng 27% kế hoạch của cả năm."
    page = [
        Words(50, 700, 10, line),
        Words(end, 705, 7, "33"),
        Words(end + width_of("33", 7), 700, 10, rest),
        *wrapped(VI, x=50, top=688, width=400),
    ]
    assert text_of(page).startswith(f"{line}33{rest}")

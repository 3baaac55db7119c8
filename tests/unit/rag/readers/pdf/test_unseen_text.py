"""Turned and invisible text."""

from __future__ import annotations

import pytest

from tests.pdf_file import Words, wrapped
from tests.unit.rag.readers.pdf.pages import EN, VI, paragraphs_of, stacked, text_of


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_page_is_read_like_another(angle: int) -> None:
    turned = [
        {
            90: Words(842 - each.y, each.x, 10, each.text, 90),
            180: Words(595 - each.x, 842 - each.y, 10, each.text, 180),
            270: Words(each.y - 300, 800 - each.x, 10, each.text, 270),
        }[angle]
        for each in stacked([VI, EN], x=50, top=780, width=400)
    ]
    assert paragraphs_of(turned) == [VI, EN]


def test_stamps_and_slanted_text_are_left_out_and_text_behind_a_scan_is_read() -> None:
    page = [
        Words(20, 300, 12, "arXiv:2011.12345v1 [cs.CL]", 90),
        Words(100, 300, 60, "DRAFT", 45),
        *(Words(each.x, each.y, 10, each.text, invisible=True)
          for each in wrapped(VI, x=50, top=780, width=400)),
    ]  # fmt: skip
    assert text_of(page) == VI


def test_text_beside_the_page_is_left_out() -> None:
    assert text_of([Words(50, 780, 10, "Trong."), Words(50, 900, 10, "Ngoài.")]) == "Trong."

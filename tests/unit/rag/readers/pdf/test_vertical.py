"""Chinese in lines from top to bottom.

The characters are placed here, and not in a file: pdfium does not return a text of one character
in a font without outlines.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.pdf.characters import Glyph, Space, runs_of
from rag.readers.pdf.layout import rows_of
from rag.readers.pdf.vertical import with_vertical_lines
from tests.unit.rag.readers.pdf.pages import ZH

SIZE = 10.0


def upright(text: str, x: float, top: float) -> list[Glyph]:
    """Characters below each other."""
    return [
        Glyph(character, 0, x, x + SIZE, top - SIZE * i, SIZE) for i, character in enumerate(text)
    ]


def vertical(text: str, right: float, top: float, height: int) -> list[Glyph]:
    """Lines of ``height`` characters, the first of them on the right."""
    return [
        glyph
        for i in range(0, len(text), height)
        for glyph in upright(text[i : i + height], right - 1.6 * SIZE * i / height, top)
    ]


def lines_of(glyphs: list[Glyph | Space]) -> list[str]:
    (runs,) = runs_of(with_vertical_lines(iter(glyphs)))
    return [row.text for row in rows_of(runs)]


def test_lines_are_read_from_top_to_bottom_and_from_right_to_left() -> None:
    height = len(ZH) // 2 + 1
    assert lines_of([*vertical(ZH, 500, 780, height)]) == [ZH[:height], ZH[height:]]


def test_a_short_line_after_another_one_belongs_to_it() -> None:
    height = len(ZH) - 2
    assert lines_of([*vertical(ZH, 500, 780, height)]) == [ZH[:height], ZH[height:]]


def test_what_pdfium_takes_for_spaces_between_the_characters_is_none() -> None:
    glyphs: list[Glyph | Space] = []
    for glyph in upright(ZH, 500, 780):
        glyphs += [glyph, Space(made_up=True)]
    assert lines_of(glyphs) == [ZH]


def test_digits_on_their_side_stand_in_their_line() -> None:
    above = upright("縣府將在明年", 500, 780)
    end = above[-1].baseline - 0.12 * SIZE
    turned = [
        Glyph(digit, 3, -end + 5 * i, -end + 5 * i + 5, 500.0, SIZE) for i, digit in enumerate("27")
    ]
    below = upright("日前公布", 500, end - 10 - 0.88 * SIZE)
    assert lines_of([*above, *turned, *below]) == ["縣府將在明年27日前公布"]


def test_text_from_left_to_right_stays() -> None:
    def rows(texts: list[str]) -> Iterator[Glyph]:
        for i, text in enumerate(texts):
            for k, character in enumerate(text):
                yield Glyph(character, 0, 50 + SIZE * k, 60 + SIZE * k, 700 - 12.0 * i, SIZE)

    # Single characters below each other, too, as in a column of a table.
    for texts in ([ZH[:20], ZH[20:40], ZH[40:]], ["是", "否", "是", "是"], ["一二", "三"] * 4):
        glyphs = list(rows(texts))
        assert list(with_vertical_lines(glyphs)) == glyphs

"""The characters of a PDF's pages and their places, read with pdfium, as runs on baselines.

pdfium's own function for rectangles of text takes twelve times as long on pages of two and three
columns.

``radicals.tsv`` holds the Han characters that stand for radicals.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from ctypes import c_double, c_void_p, create_string_buffer
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from rag.readers.pdf.lines import HAN, Part, TextRun
from rag.text.data_files import tsv_rows

_RUN_GAP = 0.7
"""Ems; a wider gap begins a new run. Gaps between columns are wider. Chosen manually, not tuned."""

_SLANTED = math.radians(10)
"""Angle from which on text is slanted, and not read. Chosen manually, not tuned."""

_HYPHENS = dict.fromkeys((0x02, 0xFFFE, 0x2010), 0x2D)
"""The characters that pdfium returns for hyphens at line ends, and Unicode's character HYPHEN."""

_COMPATIBLE = (
    *(*range(0xFB00, 0xFB07), *range(0x2F00, 0x2FD6)),
    *(*range(0xFE10, 0xFE1A), *range(0xFE30, 0xFE45), 0xFE47, 0xFE48),
)
"""Code points of ligatures, of the block "Kangxi Radicals", and of marks in vertical lines."""

_BULLETS = dict.fromkeys((0xF0A7, 0xF0B7, 0xF0D8, 0xF0FC), "•")
"""Bullets of the fonts Symbol and Wingdings."""

_SET_APART = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){2,}(?!\S)")
"""Three letters or more with a space after each."""
_MOSTLY, _WORD_GAP = 0.6, 1.5
"""Share of the spaces that pdfium has taken for spaces, and ratio of the gap between words to that
between letters. Chosen manually, not tuned."""

_CODE = "\ufffd"
"""Stands for a glyph whose code is a control character."""

_LONGEST_NAME = 128
"""Bytes of a font's name, with a NUL at its end; longer ones are taken as none."""

INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\uffff]"
)
_IS_HAN = re.compile(f"[{HAN}]")


class Glyph(NamedTuple):
    """A character, placed as if its line ran from left to right.

    Attributes:
        text: the character; a ligature has several.
        turns: by how many quarters of a circle the line is turned.
        left: where it begins along its line, in points.
        right: where it ends.
        baseline: of its line, in points.
        size: of its type, in points.
        font: its name.
        is_code: whether it is only the code of a glyph, because its font has no map.
    """

    text: str
    turns: int
    left: float
    right: float
    baseline: float
    size: float
    font: str = ""
    is_code: bool = False


class Space(NamedTuple):
    """Space between characters.

    Attributes:
        made_up: whether pdfium has added it for a gap.
    """

    made_up: bool


def glyphs_of(pdfium: Any, page: Any, text_page: Any) -> Iterator[Glyph | Space]:  # noqa: ANN401
    """Yield the characters of a page, in the order of the file."""
    shown, box, matrix = pdfium.FS_RECTF(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = c_double(), c_double()
    bounded = pdfium.FPDF_GetPageBoundingBox(page, shown) and shown.left < shown.right
    high = 0
    fonts = _Fonts(pdfium, text_page)
    for i in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, i)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code += (high - 0xD800) * 0x400 + 0x10000 - 0xDC00
        high = 0
        is_code = pdfium.FPDFText_HasUnicodeMapError(text_page, i) == 1
        character = _text_of(code)
        if is_code and not character.strip():
            character = _CODE
        if character.isspace():
            # pdfium adds line ends; here the places of characters decide where lines end.
            if code not in (0x0A, 0x0D):
                yield Space(pdfium.FPDFText_IsGenerated(text_page, i) == 1)
            continue
        if not character or not (
            pdfium.FPDFText_GetLooseCharBox(text_page, i, box)
            and pdfium.FPDFText_GetCharOrigin(text_page, i, x, y)
            and pdfium.FPDFText_GetMatrix(text_page, i, matrix)
        ):
            continue
        if bounded and not (
            shown.left <= x.value <= shown.right and shown.bottom <= y.value <= shown.top
        ):
            continue
        size = pdfium.FPDFText_GetFontSize(text_page, i) * math.hypot(matrix.c, matrix.d)
        numbers = (box.left, box.right, box.bottom, box.top, x.value, y.value, size)
        # Malformed files state sizes and places so large that arithmetic would overflow.
        if not (size > 0.01 and math.hypot(*numbers) < 1e6):
            continue
        angle = math.atan2(matrix.b, matrix.a)
        turns = round(angle / (math.pi / 2))
        if abs(angle - turns * math.pi / 2) < _SLANTED:
            place = _turned(turns % 4, *numbers[:6])
            yield Glyph(character, turns % 4, *place, size, fonts.name(i), is_code)


class _Fonts:
    """The names of the fonts of a page's characters."""

    def __init__(self, pdfium: Any, text_page: Any) -> None:  # noqa: ANN401
        self._pdfium, self._text_page = pdfium, text_page
        self._object = pdfium.FPDFText_GetTextObject
        self._names: dict[int, str] = {}
        self._buffer = create_string_buffer(_LONGEST_NAME)

    def name(self, i: int) -> str:
        """Return the name of the font of a character; empty if it is unknown."""
        shown = self._object(self._text_page, i)
        # All characters of one object have its font.
        address = c_void_p.from_buffer(shown).value
        if address is None:
            return ""
        name = self._names.get(address)
        if name is None:
            name = self._names[address] = self._name(shown)
        return name

    def _name(self, shown: Any) -> str:  # noqa: ANN401
        font = self._pdfium.FPDFTextObj_GetFont(shown)
        if not font:
            return ""
        length = self._pdfium.FPDFFont_GetBaseFontName(font, self._buffer, _LONGEST_NAME)
        return self._buffer.value.decode("utf-8", "replace") if length <= _LONGEST_NAME else ""


def _turned(
    turns: int, left: float, right: float, bottom: float, top: float, x: float, y: float
) -> tuple[float, float, float]:
    """Return where a character begins and ends along its line, and its baseline."""
    if turns == 0:
        return left, right, y
    if turns == 1:
        return bottom, top, -x
    return (-right, -left, -y) if turns == 2 else (-top, -bottom, x)


def _text_of(code: int) -> str:
    """Return the text of a character; empty for one that is invisible or not valid."""
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return ""
    text = chr(code).translate(_replacements())
    return "" if INVISIBLE.match(text) else text


@cache
def _replacements() -> dict[int, int | str]:
    """Return the text by which characters are replaced, by their code points."""
    replacements: dict[int, int | str] = {**_HYPHENS, **_BULLETS}
    for code in _COMPATIBLE:
        replacements[code] = unicodedata.normalize("NFKC", chr(code))
    for radical, character in tsv_rows("rag.readers.pdf", "radicals.tsv"):
        replacements[ord(radical)] = character
    return replacements


def runs_of(glyphs: Iterator[Glyph | Space]) -> list[list[TextRun]]:
    """Return characters as runs; each direction of text has a list of its own."""
    runs: dict[int, list[TextRun]] = {}
    pieces: list[_Piece] = []
    first, last, space = None, None, None
    for glyph in glyphs:
        if isinstance(glyph, Space):
            space = glyph
            continue
        gap = 0.0
        if first and last and _follows(first, last, glyph):
            text = " " + glyph.text if space and _parts(space, last, glyph) else glyph.text
            gap = glyph.left - last.right if space and space.made_up else 0.0
        else:
            if first and last:
                runs.setdefault(first.turns, []).append(_run(pieces, first, last))
            pieces, first = [], glyph
            text = glyph.text if space is None else " " + glyph.text
        if not pieces or pieces[-1].font != glyph.font:
            pieces.append(_Piece(glyph.font, ""))
        if gap > 0 and text.startswith(" "):
            pieces[-1].gaps[len(pieces[-1].text)] = gap
        pieces[-1].text += text
        if glyph.is_code:
            pieces[-1].unmapped += 1
        if last is None or first is glyph or glyph.right > last.right:
            last = glyph
        space = None
    if first and last:
        runs.setdefault(first.turns, []).append(_run(pieces, first, last))
    return list(runs.values())


@dataclass(slots=True)
class _Piece:
    """A part of a run to which characters are added; see :class:`rag.readers.pdf.lines.Part`.

    Attributes:
        gaps: the width of each gap that pdfium took for a space, in points, by its place.
    """

    font: str
    text: str
    unmapped: int = 0
    gaps: dict[int, float] = field(default_factory=dict)

    def closed_up(self) -> str:
        """Return the text; letters that are only set apart ("B Á O  C Á O") are words again."""
        if not self.gaps:
            return self.text
        out: set[int] = set()
        for found in _SET_APART.finditer(self.text):
            gaps = {i: gap for i, gap in self.gaps.items() if found.start() <= i < found.end()}
            if len(gaps) >= _MOSTLY * (len(found[0]) // 2):
                narrow = min(gaps.values())
                out |= {i for i, gap in gaps.items() if gap < _WORD_GAP * narrow}
        return "".join(each for i, each in enumerate(self.text) if i not in out)


def _run(pieces: Sequence[_Piece], first: Glyph, last: Glyph) -> TextRun:
    parts = tuple(Part(piece.font, piece.closed_up(), piece.unmapped) for piece in pieces)
    text = "".join(part.text for part in parts)
    right = max(first.right, last.right)
    return TextRun(text, first.left, right, first.baseline, first.size, parts)


def _follows(first: Glyph, last: Glyph, glyph: Glyph) -> bool:
    """Tell whether a character continues a run."""
    if glyph.turns != first.turns:
        return False
    gap, size = glyph.left - last.right, first.size
    if unicodedata.combining(glyph.text[0]):
        return abs(gap) < size
    return (
        abs(glyph.baseline - first.baseline) < 0.1 * size
        and abs(glyph.size - size) < 0.05 * size
        and -size < gap < _RUN_GAP * size
    )


def _parts(space: Space, last: Glyph, glyph: Glyph) -> bool:
    """Tell whether a space is more than the narrow gap beside Han characters."""
    before, after = last.text[-1], glyph.text[0]
    han = bool(_IS_HAN.match(before)) + bool(_IS_HAN.match(after))
    digit = before.isdigit() or after.isdigit()
    narrow = glyph.left - last.right < glyph.size / 2
    return not (narrow and (han == 2 or (han and digit and space.made_up)))

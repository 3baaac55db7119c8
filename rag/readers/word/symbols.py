"""Signs of fonts that hold no letters: Symbol, Wingdings and their like.

Word keeps them by their places in the font, from U+F020 on.
"""

from __future__ import annotations

import re

_FIRST, _LAST = 0xF020, 0xF0FF
"""Places of a font of signs, in Unicode's area for private use."""

_PLACES = re.compile("[\uf020-\uf0ff]")

_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?"
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼ "
    "                                "
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵"
    "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
    "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭ "
)
"""The signs of Symbol from 0x20 on. Source: Adobe's encoding of the font."""

_WINGDINGS = {
    0x4A: "☺",
    0x6C: "●",
    0x6E: "■",
    0x6F: "□",
    0x71: "❑",
    0x72: "❒",
    0x75: "◆",
    0x76: "❖",
    0xA1: "○",
    0xA7: "▪",
    0xA8: "□",
    0xAB: "★",
    0xD8: "➢",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xF0: "⇨",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    **dict(zip(range(0x80, 0x8B), "⓪①②③④⑤⑥⑦⑧⑨⑩", strict=True)),
    **dict(zip(range(0x8B, 0x96), "⓿❶❷❸❹❺❻❼❽❾❿", strict=True)),
}
_WINGDINGS_2 = {
    0x4F: "✗",
    0x50: "✓",
    0x51: "☒",
    0x52: "☑",
    0x54: "☒",
    0xA3: "□",
    **dict(zip(range(0x69, 0x74), "⓪①②③④⑤⑥⑦⑧⑨⑩", strict=True)),
}
_SIGNS: dict[str, dict[int, str]] = {
    "symbol": {0x20 + i: sign for i, sign in enumerate(_SYMBOL)},
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
}
"""What stands at places of fonts, by names in lower case. Signs that only decorate are left out.
Source: the tables of Unicode's proposal L2/12-368."""


def sign(code: int, font: str) -> str:
    """Return the sign at a place of a font; an empty one where it says nothing.

    >>> sign(0xF0B3, "Symbol"), sign(0x394, "Arial")
    ('≥', 'Δ')
    """
    known = _SIGNS.get(font.lower())
    if known is not None:
        return known.get(code & 0xFF if code >= _FIRST or code < 0x100 else code, "")
    if _FIRST <= code <= _LAST or not 0x20 <= code < 0x110000 or 0xD800 <= code < 0xE000:
        return ""
    return chr(code)


def has_signs(text: str) -> bool:
    """Tell whether a text has signs that stand for places of a font."""
    return _PLACES.search(text) is not None


def with_signs(text: str, font: str) -> str:
    """Return a text with its signs as characters of their own."""
    return _PLACES.sub(lambda match: sign(ord(match[0]), font), text)

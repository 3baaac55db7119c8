"""PDF files with fonts of any kind: with or without a way from codes to letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_DESCRIPTOR = (
    "<</Type/FontDescriptor/FontName/{name}/Flags {flags}/FontBBox[0 -200 1000 900]/ItalicAngle 0"
    "/Ascent 859/Descent -141/CapHeight 700/StemV 80>>"
)


@dataclass(frozen=True)
class Text:
    """Lines in one font.

    Attributes:
        font: its name.
        lines: the codes of each line.
        kind: ``western`` for windows-1252; ``glyphs`` for one whose glyphs have names that say
            nothing; ``codes`` for a composite one without a map, of two bytes for each code.
    """

    font: str
    lines: Sequence[bytes]
    kind: str = "western"


def pdf_of(*pages: Sequence[Text], title: str = "", size: float = 12) -> bytes:
    """Return a PDF file; each page has its texts below each other."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for page in pages:
        names = []
        shown = []
        y = 800.0
        for number, text in enumerate(page):
            objects += _font(text, len(objects))
            names.append(f"/F{number} {len(objects)} 0 R")
            for line in text.lines:
                shown.append(f"BT /F{number} {size} Tf 50 {y} Td <{line.hex()}> Tj ET")
                y -= 1.3 * size
        content = "\n".join(shown).encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(
            (
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents"
                f" {len(objects)} 0 R/Resources<</Font<<{''.join(names)}>>>>>>"
            ).encode()
        )
        kids.append(len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<</Type/Pages/Kids[{listed}]/Count {len(kids)}>>".encode()
    objects.append(f"<</Title<feff{title.encode('utf-16-be').hex()}>>>".encode())
    return _file(objects)


def _font(text: Text, before: int) -> list[bytes]:
    """Return the objects of a font, of which the last is the font itself."""
    name = text.font.replace(" ", "#20")
    descriptor = _DESCRIPTOR.format(name=name, flags=4 if text.kind != "western" else 32).encode()
    if text.kind == "codes":
        inner = (
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)"
            f"/Ordering(Identity)/Supplement 0>>/DW 600/FontDescriptor {before + 1} 0 R>>"
        )
        outer = (
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts"
            f"[{before + 2} 0 R]>>"
        )
        return [descriptor, inner.encode(), outer.encode()]
    widths = " ".join(["500"] * 256)
    encoding = "/WinAnsiEncoding"
    if text.kind == "glyphs":
        named = " ".join(f"/g{code}" for code in range(256))
        encoding = f"<</Type/Encoding/Differences[0 {named}]>>"
    font = (
        f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding{encoding}/FirstChar 0/LastChar 255"
        f"/Widths[{widths}]/FontDescriptor {before + 1} 0 R>>"
    )
    return [descriptor, font.encode()]


def _file(objects: Sequence[bytes]) -> bytes:
    data = b"%PDF-1.5\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += f"{len(data):010} 00000 n \n"
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>"
    return data + f"{table}{trailer}\nstartxref\n{len(data)}\n%%EOF\n".encode()

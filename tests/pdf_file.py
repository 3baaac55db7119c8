"""PDF files with given text at given places, for tests; no font is embedded.

pdfium takes Han characters in such a font to be of no extent: one alone on a line it leaves out,
and a line that the one before it repeats.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from codecs import BOM_UTF16_BE
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

A4 = (595, 842)

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
"""What passwords are filled up with: PDF 1.7, algorithm 3.2."""


@dataclass(frozen=True)
class Words:
    """Text on one line: where its baseline begins and the size of its type, in points.

    Attributes:
        angle: to which the line is turned, in degrees.
        invisible: not painted, as the text behind a scan.
        spread: points added after each character.
    """

    x: float
    y: float
    size: float
    text: str
    angle: float = 0
    invisible: bool = False
    spread: float = 0


def width_of(text: str, size: float) -> float:
    """Return how long a text is: one em for a Han character, half of one for others."""
    return sum(_width(character) for character in text) * size / 1000


def wrapped(
    text: str, *, x: float, top: float, width: float, size: float = 10, indent: float = 0
) -> list[Words]:
    """Return a text in lines of a width, 1.2 times the size apart."""
    lines: list[str] = [""]
    for word in _words(text):
        room = width - indent * (len(lines) == 1)
        if width_of((lines[-1] + word).rstrip(), size) > room:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [
        Words(x + indent * (i == 0), top - i * 1.2 * size, size, line.rstrip())
        for i, line in enumerate(lines)
    ]


def pdf_file(
    pages: Sequence[Sequence[Words]],
    *,
    title: str = "",
    author: str = "",
    password: str | None = None,
) -> bytes:
    """Return a PDF file of A4 pages.

    Args:
        pages: what is on each.
        title: of the information, as is author; empty for none.
        author: see there.
        password: encrypts the file, with RC4 and 40 bits; an empty one is only there for form.
    """
    identifier = hashlib.md5(repr(pages).encode()).digest()
    codes = {
        character: i + 1
        for i, character in enumerate(
            sorted({character for page in pages for words in page for character in words.text})
        )
    }
    key = None if password is None else _key(password.encode(), identifier)

    def sealed(number: int, data: bytes) -> bytes:
        if key is None:
            return data
        return rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)

    objects = [*_fonts(codes, sealed), *_pages(pages, codes, sealed)]
    info = {"Title": title, "Author": author}
    number = len(objects) + 1
    entries = "".join(
        f"/{name} <{sealed(number, BOM_UTF16_BE + value.encode('utf-16-be')).hex()}>"
        for name, value in info.items()
        if value
    )
    objects.append(f"<<{entries}>>".encode())
    trailer = f"/Root 6 0 R /Info {number} 0 R /ID [<{identifier.hex()}> <{identifier.hex()}>]"
    if key is not None:
        assert password is not None
        objects.append(_encryption(password.encode(), key))
        trailer += f" /Encrypt {len(objects)} 0 R"
    return _file(objects, trailer)


_Sealed = Callable[[int, bytes], bytes]


def _fonts(codes: dict[str, int], sealed: _Sealed) -> list[bytes]:
    """Return objects 1 to 4: a composite font and what it is of."""
    text = "".join(
        f"<{code:04x}> <{character.encode('utf-16-be').hex()}>\n"
        for character, code in codes.items()
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{text}endbfchar endcmap end end"
    )
    widths = " ".join(f"{code} [{_width(character)}]" for character, code in codes.items())
    system = f"/Registry <{sealed(2, b'Adobe').hex()}> /Ordering <{sealed(2, b'Identity').hex()}>"
    return [
        b"<</Type /Font /Subtype /Type0 /BaseFont /Plain /Encoding /Identity-H"
        b" /DescendantFonts [2 0 R] /ToUnicode 3 0 R>>",
        f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /Plain /CIDSystemInfo <<{system}"
        f" /Supplement 0>> /FontDescriptor 4 0 R /DW 500 /W [{widths}]>>".encode(),
        _stream(sealed(3, cmap.encode())),
        b"<</Type /FontDescriptor /FontName /Plain /Flags 4 /FontBBox [0 -200 1000 800]"
        b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80>>",
    ]


def _pages(
    pages: Sequence[Sequence[Words]], codes: dict[str, int], sealed: _Sealed
) -> Iterator[bytes]:
    """Yield object 5, the tree of pages, 6, the catalog, and two for each page."""
    numbers = range(7, 7 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    yield f"<</Type /Pages /Kids [{kids}] /Count {len(pages)}>>".encode()
    yield b"<</Type /Catalog /Pages 5 0 R>>"
    for number, page in zip(numbers, pages, strict=True):
        yield (
            f"<</Type /Page /Parent 5 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {number + 1}"
            " 0 R /Resources <</Font <</F 1 0 R>>>>>>"
        ).encode()
        content = "\n".join(_shown(words, codes) for words in page)
        yield _stream(sealed(number + 1, content.encode()))


def _shown(words: Words, codes: dict[str, int]) -> str:
    cos, sin = math.cos(math.radians(words.angle)), math.sin(math.radians(words.angle))
    text = "".join(f"{codes[character]:04x}" for character in words.text)
    return (
        f"BT /F {words.size} Tf {words.spread} Tc {3 if words.invisible else 0} Tr"
        f" {cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {words.x:.3f} {words.y:.3f} Tm <{text}> Tj ET"
    )


def _stream(data: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(data), data)


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    data = b"%PDF-1.4\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += f"{len(data):010} 00000 n \n"
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    end = f"trailer\n<</Size {len(objects) + 1} {trailer}>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + table.encode() + end.encode()


_PERMISSIONS = (-4).to_bytes(4, "little", signed=True)


def _owner_entry(password: bytes) -> bytes:
    """Return what an owner's password opens, here ``owner``: algorithm 3.3."""
    return rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(password))


def _key(password: bytes, identifier: bytes) -> bytes:
    """Return the key of a file: algorithm 3.2."""
    data = _padded(password) + _owner_entry(password) + _PERMISSIONS + identifier
    return hashlib.md5(data).digest()[:5]


def _encryption(password: bytes, key: bytes) -> bytes:
    owner, user = _owner_entry(password).hex(), rc4(key, _PADDING).hex()
    return f"<</Filter /Standard /V 1 /R 2 /O <{owner}> /U <{user}> /P -4>>".encode()


def _padded(password: bytes) -> bytes:
    return (password + _PADDING)[:32]


def rc4(key: bytes, data: bytes) -> bytes:
    """Return data encrypted, or decrypted, which is the same."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 1000 if unicodedata.east_asian_width(character) in "WF" else 500


def _words(text: str) -> Iterator[str]:
    """Yield pieces of a text between which a line may end."""
    word = ""
    for character in text:
        if word and (character == " " or _width(character) == 1000 or _width(word[-1]) == 1000):
            yield word
            word = ""
        word += character
    yield word

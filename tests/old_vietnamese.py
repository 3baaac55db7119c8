"""Vietnamese as it looks if text in an encoding from before Unicode is taken for Western text."""

from __future__ import annotations

import unicodedata

from rag.text.legacy.encodings import ENCODINGS

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def data_in(text: str, name: str) -> bytes:
    """Return a text in an encoding; a capital that it does not have becomes a small letter."""
    text = unicodedata.normalize("NFC", text)
    if name == "utf-8":
        return text.encode()
    if name == "cp1258":
        return "".join(map(_parted, text)).encode("cp1258")
    encoding = next(known for known in ENCODINGS if known.name == name)
    codes: dict[str, str] = {}
    for code, letter in encoding.letters.items():
        codes.setdefault(letter, code)
    found = (codes.get(each) or codes.get(each.lower()) or each for each in text)
    return "".join(found).encode("latin-1")


def shown(text: str, name: str, codec: str) -> str:
    """Return a text in an encoding as it looks in a codec; bytes that this lacks are controls."""
    data = data_in(text, name)
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


def _parted(letter: str) -> str:
    """Return a letter as windows-1258 has it: the tone behind the vowel."""
    decomposed = unicodedata.normalize("NFD", letter)
    base = "".join(mark for mark in decomposed if mark not in _TONES)
    tone = "".join(mark for mark in decomposed if mark in _TONES)
    return unicodedata.normalize("NFC", base) + tone

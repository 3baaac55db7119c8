"""From bytes to text in any encoding; only data that are not text are refused."""

from __future__ import annotations

import codecs
import re

from rag.readers.letters.labels import SEVEN_BIT, WIDE, codecs_of
from rag.readers.letters.language_like import Verdict, verdict
from rag.readers.letters.wide import is_plain, wide_codec
from rag.text.legacy.misread import misread

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.I)
_XML_ENCODING = re.compile(
    rb"\A\s{0,99}<\?xml[^>]{1,200}?encoding\s{0,9}=\s{0,9}[\"']([^\"'>]{2,40})"
)
_CANDIDATES = ("gb18030", "big5", "cp1258", "windows-1252", "shift_jis", "euc-jp", "euc-kr")
"""Encodings of the three languages and of neighbouring ones. With all encodings that chardet knows,
a short French text was taken for Cyrillic."""

_BROKEN_SHARE = 1 / 3
"""Share of invalid sequences among the non-ASCII ones, up to which a text is broken UTF-8; with
more it is in another encoding. Of 1,000 Chinese news texts and 930 DRCD paragraphs in GB 18030 and
Big5, 99% have more than .74, and pieces of 20 characters more than .59."""

_CONTROL_SHARE = 0.02
"""Share of control characters above which data are not text. Chosen manually, not tuned."""

_SAMPLE = 20_000
"""Characters of a text that are looked at, to see whether its encoding can be the stated one."""

_IN_ROWS = 0.7
"""Share of the characters behind ASCII that stand beside another one, above which Latin letters are
bytes of another encoding. Chosen manually, not tuned: in words they stand alone."""

_ROW = re.compile(r"[^\x00-\x7f]{2,}")

_MODIFIERS_END = "\u02e0"
"""The first character behind the accents that windows-1252 has, which are taken for letters."""
_NOT_BY_CHANCE = re.compile("[\x80-\u024f\u0800-\U0010ffff]")
"""The letters of Latin that have two bytes in UTF-8, and all characters that have three or more."""

_CONTROLS = bytes(byte for byte in range(32) if not 9 <= byte <= 13 and byte != 27)
"""Control characters that texts do not have."""


class Undecodable(ValueError):
    """The bytes are not text."""


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the text of a file.

    In UTF-8 with a few broken bytes, U+FFFD replaces these bytes. Lines in another encoding among
    lines in UTF-8, UTF-16 without a mark, GB 18030, Big5 and other encodings are recognised by the
    text that they give. So is a stated encoding that cannot be the right one.

    Args:
        data: the file.
        charset: the name of the encoding that is stated of it, as pages and servers write it.

    Raises:
        Undecodable: the bytes are not text.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    stated = codecs_of(charset or "")
    if data[:2] and (found := _wide(data, stated)):
        return found
    _refuse_binary(data)
    stated = tuple(codec for codec in stated if codec not in WIDE)
    as_stated = _valid(data, stated)
    if as_stated is not None and SEVEN_BIT.intersection(stated):
        return as_stated
    utf8 = _valid(data, ("utf-8",))
    if utf8 is not None:
        return as_stated if as_stated is not None and _is_chance(utf8) else utf8
    if as_stated is not None and not _is_doubtful(as_stated):
        return as_stated
    return _mended(data, as_stated)


def is_wide(data: bytes) -> bool:
    """Tell whether the beginning of a file is UTF-16 or UTF-32: line ends are not single bytes."""
    marks = tuple(bom for bom, name in _BOMS if name != "utf-8-sig")
    return data.startswith(marks) or wide_codec(data) is not None


def decode_html(data: bytes, charset: str | None = None) -> str:
    """Return the text of a page, in the charset that it states if that one can be right.

    Args:
        data: the page.
        charset: the encoding that its server states, used if the page states none.

    Raises:
        Undecodable: the bytes are not text.
    """
    head = data[:4096]
    stated = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
    name = stated[1].decode("ascii", "replace") if stated else ""
    # A name that can be read in bytes is not of an encoding of larger units.
    known = codecs_of(name) and not WIDE.intersection(codecs_of(name))
    return decode(data, name if known else charset)


def decode_xml(data: bytes, charset: str | None = None) -> bytes:
    """Return an XML document in UTF-8, without its statement of another encoding.

    Raises:
        Undecodable: the bytes are not text.
    """
    stated = _XML_ENCODING.search(data[:4096])
    if stated is None and charset is None:
        return data
    text = decode(data, stated[1].decode("ascii", "replace") if stated else charset)
    if stated is not None:
        before, _, rest = text.partition("?>")
        text = f"{re.sub(_ENCODING, '', before)}?>{rest}"
    return text.encode("utf-8", "replace")


_ENCODING = re.compile(r"\sencoding\s{0,9}=\s{0,9}[\"'][^\"'>]{2,40}[\"']")


def _wide(data: bytes, stated: tuple[str, ...]) -> str | None:
    """Return the text of data in UTF-16 or UTF-32; None if they are in neither."""
    codec = wide_codec(data)
    if codec is None and WIDE.intersection(stated) and b"\0" in data:
        codec = stated[0]
    return None if codec is None else data.decode(codec, "replace")


def _valid(data: bytes, codecs_: tuple[str, ...]) -> str | None:
    """Return the text of bytes by the first codec that can read all of them; None without one."""
    for codec in codecs_:
        try:
            return data.decode(codec)
        except ValueError:
            continue
    return None


def _is_doubtful(text: str) -> bool:
    """Tell whether a text can hardly be what its bytes say in the stated encoding."""
    text = text[:_SAMPLE]
    if all(not letter.isalpha() or letter < _MODIFIERS_END for letter in text):
        foreign = sum(not letter.isascii() for letter in text)
        if sum(map(len, _ROW.findall(text))) > _IN_ROWS * foreign:
            return True
    return verdict(text) is Verdict.CODES


def _is_chance(text: str) -> bool:
    """Tell whether bytes in another encoding can be valid UTF-8 by chance: they are short then.

    Two bytes of GBK can be a letter of Cyrillic, Greek or Arabic; three bytes hardly ever fit.
    """
    return not text.isascii() and _NOT_BY_CHANCE.search(text) is None


def _refuse_binary(data: bytes) -> None:
    sample = data[:65536]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if b"\0" in sample or controls > _CONTROL_SHARE * len(sample):
        raise Undecodable("it has binary data, not text")


def _mended(data: bytes, as_stated: str | None) -> str:
    """Return data that are not valid UTF-8, nor good text in the stated encoding.

    Args:
        data: not all of it is UTF-8.
        as_stated: the data in the stated encoding, if they are valid in it.
    """
    lines = data.split(b"\n")
    other = [line for line in lines if _is_in_another(line)]
    if not other:
        return data.decode("utf-8", "replace")
    guessed = _guess(b"\n".join(other))
    if guessed is None:
        return data.decode("utf-8", "replace") if as_stated is None else as_stated
    if as_stated is not None and not is_plain(guessed):
        return as_stated
    found = iter(guessed.split("\n"))
    return "\n".join(
        next(found, "") if _is_in_another(line) else line.decode("utf-8", "replace")
        for line in lines
    )


def _is_in_another(line: bytes) -> bool:
    """Tell whether a line is in another encoding than UTF-8, and not only broken."""
    if line.isascii():
        return False
    replaced = line.decode("utf-8", errors="replace")
    broken = replaced.count("\ufffd")
    whole = len(replaced) - len(replaced.encode("ascii", errors="ignore")) - broken
    return broken > _BROKEN_SHARE * (broken + whole)


def _guess(data: bytes) -> str | None:
    """Return the text of data by the encoding that it is most likely in; None if none is likely."""
    import chardet

    shown = data.decode("latin-1")
    if misread(shown.split("\n")):
        return shown
    encoding = chardet.detect(data, include_encodings=_CANDIDATES)["encoding"]
    if encoding is None:
        return None
    known = codecs_of(encoding) or (encoding,)
    found = _valid(data, known)
    return data.decode(known[0], errors="replace") if found is None else found

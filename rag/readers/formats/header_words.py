"""Words of a mail's headers in any encoding, written again in UTF-8.

The standard library decodes each word by itself, with the codec of its very name: it breaks letters
that programs have parted, and letters of GBK in words that are said to be in GB 2312.
"""

from __future__ import annotations

import binascii
import quopri
import re

from rag.readers.decode import decode
from rag.readers.letters.labels import codecs_of

_WORD = r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bqBQ])\?([^?\s]*+(?:[ ][^?\s]*+)*+)\?="
_ENCODED = re.compile(_WORD)
_BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]++(?==\?)")
"""Space between two encoded words. It is no part of the text (RFC 2047, 6.2)."""
_PARAMETER = re.compile(r"(\*(?:0\*)?[ \t]{0,9}=[ \t]{0,9}\"?)([-\w:.]{2,60})(?='[-\w]{0,20}')")
"""The encoding of a parameter, such as the name of a file (RFC 2231)."""


def in_utf8(value: str) -> str:
    r"""Return a header with its encoded words, parameters and raw bytes in UTF-8.

    Args:
        value: as :mod:`email` hands it on: bytes behind ASCII are surrogates.

    >>> in_utf8("=?gb2312?B?6lDstuZn?= =?gb2312?B?u/mYxw==?=")
    '=?utf-8?b?6Zec5pa86Y6U5Z+65qiT?='
    """
    if any("\udc80" <= character <= "\udcff" for character in value):
        raw = value.encode("utf-8", "surrogateescape")
        value = decode(raw).replace("\r", "").replace("\n", "")
    if "=?" in value:
        value = _joined(_BETWEEN.sub("", value))
    return _PARAMETER.sub(_known_label, value) if "'" in value else value


def _joined(value: str) -> str:
    """Return a header in which encoded words beside each other, in one encoding, are one."""
    pieces: list[str] = []
    end = 0
    label, data = "", b""
    for word in _ENCODED.finditer(value):
        part = _bytes(word[2], word[3])
        beside = bool(label) and word.start() == end and word[1].lower() == label.lower()
        if not beside:
            pieces += [_word(data, label), value[end : word.start()]]
            label, data = word[1], b""
        data += part
        end = word.end()
    return "".join([*pieces, _word(data, label), value[end:]])


def _word(data: bytes, label: str) -> str:
    """Return bytes as an encoded word in UTF-8; empty if there are none."""
    if not data:
        return ""
    try:
        text = decode(data, label)
    except ValueError:
        text = data.decode("utf-8", "replace")
    coded = binascii.b2a_base64(text.encode("utf-8", "replace"), newline=False)
    return f"=?utf-8?b?{coded.decode()}?="


def _bytes(form: str, text: str) -> bytes:
    """Return the bytes of an encoded word, in base64 or quoted."""
    if form in "qQ":
        return quopri.decodestring(text.encode("utf-8", "replace"), header=True)
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    # Programs leave the padding out, or cut it off.
    usable = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(usable + "=" * (-len(usable) % 4))


def _known_label(found: re.Match[str]) -> str:
    codecs = codecs_of(found[2])
    return found[1] + (codecs[0] if codecs else found[2])

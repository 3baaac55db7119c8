"""Cleaning of text, so that it can be stored and encoded anywhere."""

from __future__ import annotations

from tamngu.records.stream_safe import stream_safe


def clean(text: str) -> str:
    r"""Return a text that can be stored and encoded anywhere, without space at its ends.

    Line ends become ``\n``, lone surrogates and NUL become U+FFFD; byte-order marks are removed.
    Of more than 30 combining marks in a row, the first 30 stay; see :func:`stream_safe`.

    >>> clean(" a\r\nb\ud800 ") == "a\nb\ufffd"
    True
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return stream_safe(text.replace("\ufeff", "").strip())

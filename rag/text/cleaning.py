"""Cleaning of text, so that it can be stored and encoded anywhere."""

from __future__ import annotations


def clean(text: str) -> str:
    r"""Return a text that can be stored and encoded anywhere, without space at its ends.

    Line ends become ``\n``, lone surrogates and NUL become U+FFFD; byte-order marks are removed.

    >>> clean(" a\r\nb\ud800 ") == "a\nb\ufffd"
    True
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.replace("\ufeff", "").strip()

"""How much a text says, by its length: a Han character says about as much as two letters."""

from __future__ import annotations


def width(text: str) -> int:
    """Return the number of characters; a Han character counts as two.

    >>> width("ab"), width("联合国")
    (2, 6)
    """
    return len(text) + sum("\u3400" <= character <= "\u9fff" for character in text)

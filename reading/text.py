"""Text as every reader can give it to its model."""

from __future__ import annotations

import re

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """Return a text with each lone surrogate replaced; all characters keep their places.

    Half of a surrogate pair cannot be written as UTF-8, which is what tokenizers and endpoints
    read.

    >>> encodable("a" + chr(0xD800) + "b")
    'a\ufffdb'
    """
    return _LONE_SURROGATES.sub("\ufffd", text)

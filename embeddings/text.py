"""Text as the models are given it, the same for every encoder."""

from __future__ import annotations

import re
import unicodedata

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def canonical(text: str) -> str:
    """Compose diacritics, drop spaces around the text, replace what is no character.

    Vocabularies know ``ế`` as one character, not as three. Some tokenizers make a token of a space
    at the end, others do not, and the vector should not hang on it. Half of a surrogate pair
    cannot be written as UTF-8, which is what tokenizers read.

    >>> canonical(" e\u0302\u0301 ")
    'ế'
    """
    return unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", text)).strip()

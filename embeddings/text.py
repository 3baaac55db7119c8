"""Text in the form in which every encoder gives it to its model."""

from __future__ import annotations

import re
import unicodedata

from tamngu.records.stream_safe import stream_safe

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def canonical(text: str) -> str:
    """Compose diacritics, drop spaces around the text, replace lone surrogates, bound marks.

    Vocabularies know ``ế`` as one character, not as three. Some tokenizers make a token of a space
    at the end and others do not; the vector should not depend on that space. Half of a surrogate
    pair cannot be written as UTF-8, which is what tokenizers read. More combining marks in a row
    than any word has are cut, because the time that composing takes grows with the square of their
    number.

    >>> canonical(" e\u0302\u0301 ")
    'ế'
    """
    return unicodedata.normalize("NFC", _LONE_SURROGATES.sub("\ufffd", stream_safe(text))).strip()

"""Vietnamese syllables without their diacritics: which words can be one, by the rules of spelling.

``syllable_parts.toml`` holds the parts of syllables.
"""

from __future__ import annotations

import re
from functools import cache

from rag.text.data_files import toml_data


def is_syllable(word: str) -> bool:
    """Tell whether a lower-case word can be a Vietnamese syllable typed without diacritics.

    >>> [is_syllable(word) for word in ("nguoi", "truong", "the", "which", "street")]
    [True, True, True, False, False]
    """
    return _syllable().fullmatch(word) is not None


@cache
def _syllable() -> re.Pattern[str]:
    parts = toml_data("rag.text", "syllable_parts.toml")
    initials, finals = "|".join(parts["initials"]), "|".join(parts["finals"])
    return re.compile(f"(?:{initials})?(?:{finals})", re.ASCII)

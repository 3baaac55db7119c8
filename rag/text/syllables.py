"""Vietnamese syllables: which words can be one, by the rules of spelling.

``syllable_parts.toml`` holds the parts of syllables.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from rag.text.data_files import toml_data

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
"""The marks of tone, as combining characters: à, á, ã, ả, ạ."""

_SHARP_OR_HEAVY = "\u0301\u0323"
"""The tones, á and ạ, that a syllable ending in c, ch, p or t can have."""


def is_syllable(word: str) -> bool:
    """Tell whether a lower-case word can be a Vietnamese syllable typed without diacritics.

    >>> [is_syllable(word) for word in ("nguoi", "truong", "the", "which", "street")]
    [True, True, True, False, False]
    """
    return _syllable().fullmatch(word) is not None


@lru_cache(maxsize=1 << 15)
def is_spelled_syllable(word: str) -> bool:
    """Tell whether a lower-case word is written as a Vietnamese syllable is, with its diacritics.

    The mark of tone may stand on any vowel (hoà, hòa).

    >>> [is_spelled_syllable(word) for word in ("mèo", "hoà", "quốc", "kem", "tôt", "mère", "cé")]
    [True, True, True, True, False, False, False]
    """
    decomposed = unicodedata.normalize("NFD", word)
    tones = _TONES.findall(decomposed)
    toneless = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    if len(tones) > 1 or not _spelled_syllable().fullmatch(toneless):
        return False
    if toneless.endswith(("c", "ch", "p", "t")):
        return bool(tones) and tones[0] in _SHARP_OR_HEAVY
    return True


@cache
def _syllable() -> re.Pattern[str]:
    parts = toml_data("rag.text", "syllable_parts.toml")
    initials, finals = "|".join(parts["initials"]), "|".join(parts["finals"])
    return re.compile(f"(?:{initials})?(?:{finals})", re.ASCII)


@cache
def _spelled_syllable() -> re.Pattern[str]:
    """Return the pattern of a syllable without its tone.

    Before e, ê, i and y a syllable begins with k, gh and ngh; before other vowels with c, g and ng.
    """
    finals = toml_data("rag.text", "syllable_parts.toml")["spelled_finals"]
    front = "|".join(final for final in finals if final[0] in "eêiy")
    back = "|".join(final for final in finals if final[0] not in "eêiy")
    every = "|".join(finals)
    anywhere = "b|ch|d|đ|gi|h|kh|l|m|n|nh|p|ph|qu|r|s|t|th|tr|v|x"
    return re.compile(
        f"(?:{anywhere})?(?:{every})|(?:k|gh|ngh)(?:{front})|(?:c|g|ng)(?:{back})|g(?:i|in)"
    )

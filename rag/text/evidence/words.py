"""What whole words say: English words, and Vietnamese syllables with and without diacritics.

All values are natural logarithms: how much likelier a word is in a language than in any other. The
constants were searched for with the tuned halves of ``python -m eval.language`` and half of the
topics of treebanks in view, and rounded.
"""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from rag.text.diacritics import syllable_counts
from rag.text.syllables import is_spelled_syllable, is_syllable

_RARE = -16.0
"""Logarithm of the share of a word so rare that its share says nothing."""

_KNOWN = 1.75
_FREQUENCY = 0.17
"""What a known English word adds, and the weight of how frequent it is."""

_UNKNOWN = -1.2
"""What an English word that is not among the counted ones adds. It may well be one."""

_SYLLABLE = 2.0
_SYLLABLE_FREQUENCY = 0.8
"""What a Vietnamese syllable with its diacritics adds, and the weight of how frequent it is."""

_BARE_SYLLABLE = 1.2
"""What a syllable without diacritics adds to its frequency."""

_NO_SYLLABLE = -4.0
"""What a word adds to Vietnamese that is not spelled as a syllable is."""

_BORROWED = -1.0
"""The same for a known English word among words without diacritics, as in "trang web"."""

_ALSO_ENGLISH = 0.4
"""How much of an English word's frequency is taken away from a text without diacritics."""

_ONLY_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_TELLING = 5.0
"""Letters that hardly any other language has, and what they add."""

_TYPED_BARE = 0.16
_ONE_TYPED_BARE = 0.07
"""How likely it is that several words, and that a single word, lack the diacritics."""

_BACKOFF = 0.4
"""See :mod:`rag.text.diacritics`."""

_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("er", ""), ("ness", ""),
)  # fmt: skip
"""Endings of English words, and what stands there without them."""

_LEAST_STEM = 4
_LEAST_COUNT = 3
"""Letters of a word without its ending, and how often it has to be counted. Chosen manually."""


@cache
def english_counts() -> Mapping[str, int]:
    """Return how often English words occur in 1.9 million words of pages, articles and reviews.

    The words are those of WCXB's and SQuADShifts' texts (CC BY 4.0) that are in two or more texts;
    ``eval/fitting/english_words.py`` counted them.
    """
    path = files("rag.text.evidence") / "words.en.tsv.gz"
    with gzip.open(str(path), "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return {word: int(count) for count, word in rows}


@lru_cache(maxsize=1 << 15)
def is_english(word: str) -> bool:
    """Tell whether a lower-case word is a known English one, or one with a usual ending."""
    return _count(word) > 0


@lru_cache(maxsize=1 << 15)
def english(word: str) -> float:
    """Return what a lower-case word of ASCII letters says for English."""
    return _KNOWN + _FREQUENCY * _frequency(word) if is_english(word) else _UNKNOWN


@lru_cache(maxsize=1 << 15)
def vietnamese(word: str) -> float:
    """Return what a lower-case word says for Vietnamese, in a text with diacritics."""
    if not is_spelled_syllable(word):
        return _NO_SYLLABLE
    counts = syllable_counts()
    count = counts.single.get(word, 0)
    known = _SYLLABLE if count else 0.0
    rarity = math.log(count / counts.total) - _RARE if count else 0.0
    letters = _TELLING if _ONLY_VIETNAMESE.search(word) else 0.0
    return known + _SYLLABLE_FREQUENCY * max(rarity, 0) + letters


def bare_vietnamese(words: Sequence[str]) -> float:
    """Return what words without diacritics say for Vietnamese; they may lack their diacritics.

    Args:
        words: lower-case words of ASCII letters; at least one.

    >>> [round(bare_vietnamese(text.split())) for text in ("gia vang", "hoa sen", "hot dog")]
    [20, 22, 1]
    """
    if not any(map(is_syllable, words)):
        return _NO_SYLLABLE * len(words)  # The counts, which take .2 s to read, are not needed.
    forms = syllable_counts().forms
    strange = [word for word in words if word not in forms]
    written = _chain(words, {word: [word] for word in words}, _count_as_written)
    typed = _chain(words, {word: forms.get(word, []) for word in words}, _count_as_typed)
    lacking = _TYPED_BARE if len(words) > 1 else _ONE_TYPED_BARE
    value = math.log(math.exp(written) + lacking * math.exp(typed)) - len(words) * _RARE
    value -= _ALSO_ENGLISH * sum(_frequency(word) for word in words if word in forms)
    if not strange:
        return value + _BARE_SYLLABLE * len(words)
    return value + sum(_BORROWED if is_english(word) else 2 * _NO_SYLLABLE for word in strange)


def _chain(
    words: Sequence[str], forms: Mapping[str, Sequence[str]], count: Callable[[str], int]
) -> float:
    """Return the logarithm of the share of words of Vietnamese texts that are these.

    Args:
        words: in their order.
        forms: the syllables that each word may stand for.
        count: returns how often any of them occurs.
    """
    counts = syllable_counts()
    single = {word: count(word) for word in words}
    least = math.exp(_RARE)
    result = math.log(max(single[words[0]] / counts.total, least))
    for before, word in pairwise(words):
        pairs = sum(counts.pairs.get((a, b), 0) for a in forms[before] for b in forms[word])
        share = pairs / max(single[before], pairs) if pairs else 0.0
        result += math.log(share or max(_BACKOFF * single[word] / counts.total, least))
    return result


def _count_as_written(word: str) -> int:
    return syllable_counts().single.get(word, 0)


@lru_cache(maxsize=1 << 15)
def _count_as_typed(word: str) -> int:
    counts = syllable_counts()
    return sum(counts.single.get(form, 0) for form in counts.forms.get(word, []))


@lru_cache(maxsize=1 << 15)
def _frequency(word: str) -> float:
    """Return how much more frequent an English word is than a rare one; 0 for an unknown word."""
    count = _count(word)
    return math.log(count / _english_total()) - _RARE if count else 0.0


def _count(word: str) -> int:
    counts = english_counts()
    if word in counts:
        return counts[word]
    for ending, before in _ENDINGS:
        stem = word.removesuffix(ending)
        if (
            stem != word
            and len(stem) >= _LEAST_STEM
            and counts.get(stem + before, 0) >= _LEAST_COUNT
        ):
            return 1
    return 0


@cache
def _english_total() -> int:
    return sum(english_counts().values())

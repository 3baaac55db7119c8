"""Diacritics for Vietnamese that was typed without them.

An encoder that has read Vietnamese hardly knows "thu tuong". The Viterbi algorithm finds the
likeliest syllables, by the counts of syllables and of pairs of syllables in Vietnamese Wikipedia
(``eval/fitting/diacritics.py`` counts them). Of the words in UD-VTB's sentences, without their
diacritics, .862 are restored correctly.
"""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"^\d+\t[^\t\n]+\t", re.MULTILINE)
"""The beginning of a line with two syllables; these lines are behind those with one."""

_BACKOFF = 0.4
"""Weight of a syllable's own frequency where the pair was never seen. Method and value are the
"stupid backoff" of Brants et al., 2007."""


_Path: TypeAlias = "tuple[()] | tuple[_Path, str]"
"""Syllables, each behind those before it: a longer path shares all that it goes on from."""


@dataclass(frozen=True)
class SyllableCounts:
    """How often syllables and pairs of syllables occur in Vietnamese texts.

    Attributes:
        forms: the syllables that become the same syllable without diacritics.
        single: counts of syllables.
        pairs: counts of pairs.
        total: sum of the counts of syllables.
    """

    forms: Mapping[str, Sequence[str]]
    single: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    total: int


def with_diacritics(text: str) -> str:
    """Return a Vietnamese text with diacritics; a text that has any stays as it is.

    >>> with_diacritics("Con bao nao tan pha mien Trung truoc tuan le cap cao APEC 2017?")
    'Cơn bão nào tàn phá miền Trung trước tuần lễ cấp cao APEC 2017?'
    """
    matches = list(_WORD.finditer(text))
    if not all(match[0].isascii() for match in matches):
        return text
    restored = _likeliest([match[0].lower() for match in matches])
    pieces = []
    end = 0
    for match, syllable in zip(matches, restored, strict=True):
        pieces += [text[end : match.start()], _in_case_of(match[0], syllable)]
        end = match.end()
    return "".join([*pieces, text[end:]])


def bare(syllable: str) -> str:
    """Return a lower-case syllable without diacritics.

    >>> bare("đường")
    'duong'
    """
    decomposed = unicodedata.normalize("NFD", syllable.replace("đ", "d"))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _likeliest(words: Sequence[str]) -> list[str]:
    """Return the likeliest sequence of syllables; a word that is not a syllable stays as it is."""
    counts = syllable_counts()
    best: dict[str, tuple[float, _Path]] = {"": (0.0, ())}
    for word in words:
        following: dict[str, tuple[float, _Path]] = {}
        for form in counts.forms.get(word, [word]):
            score, path = max(
                (
                    (score + _log_share(counts, before, form), path)
                    for before, (score, path) in best.items()
                ),
                key=lambda pair: pair[0],
            )
            following[form] = (score, (path, form))
        best = following
    likeliest: list[str] = []
    path = max(best.values(), key=lambda pair: pair[0])[1]
    while path:
        path, form = path
        likeliest.append(form)
    return likeliest[::-1]


def _log_share(counts: SyllableCounts, before: str, form: str) -> float:
    together = counts.pairs.get((before, form), 0)
    if together:
        return math.log(together / max(counts.single.get(before, 0), together))
    return math.log(_BACKOFF * max(counts.single.get(form, 0), 0.5) / counts.total)


def _in_case_of(word: str, syllable: str) -> str:
    if word.isupper() and len(word) > 1:
        return syllable.upper()
    return syllable.capitalize() if word[0].isupper() else syllable


@cache
def syllable_counts() -> SyllableCounts:
    """Return the counts; they are read once.

    A loop over the 150,000 lines takes a third of a second, which a command would wait for.
    """
    packed = (files("rag.text") / "syllables.vi.tsv.gz").read_bytes()
    text = gzip.decompress(packed).decode("utf-8")
    first_pair = _PAIR.search(text)
    ends = len(text) if first_pair is None else first_pair.start()
    # The fields of all lines in a row: of each pair its count and its two syllables.
    fields = text[ends:].replace("\n", "\t").split("\t")
    pairs = dict(
        zip(zip(fields[1::3], fields[2::3], strict=False), map(int, fields[:-1:3]), strict=True)
    )
    single: dict[str, int] = {}
    forms: dict[str, list[str]] = defaultdict(list)
    for line in text[:ends].splitlines():
        count, syllable = line.split("\t")
        single[syllable] = int(count)
        forms[bare(syllable)].append(syllable)
    return SyllableCounts(forms, single, pairs, sum(single.values()))

"""The words of passages as numbers: what is stored of them, and their BM25 scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

from rag.index.lexical_index import FIELD_WEIGHTS
from rag.index.lexical_tail import K1, B, rounded_all
from rag.text.terms import FIELDS, terms

_FIELDS = len(FIELDS)

_OF_FIELD = (2**32 - 1) // _FIELDS
"""How many numbers the terms of one field have; Milvus takes none from 2 ** 32 - 1 on. Of ten
million terms of a field, one in 140 shares its number with another one."""


@dataclass(frozen=True)
class TermCounts:
    """The terms of one passage.

    Attributes:
        lengths: how many terms each field has, in the order of :data:`rag.text.terms.FIELDS`.
        terms: their numbers, sorted, each once, shape (n,), uint32.
        counts: how often each occurs, shape (n,), uint16.
    """

    lengths: tuple[int, ...]
    terms: NDArray[np.uint32]
    counts: NDArray[np.uint16]

    def to_bytes(self) -> bytes:
        """Return the form in which terms and counts are stored."""
        return self.terms.astype("<u4").tobytes() + self.counts.astype("<u2").tobytes()

    @classmethod
    def of_bytes(cls, lengths: Sequence[int], stored: bytes) -> TermCounts:
        """Return what :meth:`to_bytes` stored."""
        size = len(stored) // 6
        return cls(
            tuple(lengths),
            np.frombuffer(stored, "<u4", size),
            np.frombuffer(stored, "<u2", size, 4 * size),
        )


def count_terms(text: str, language: str) -> TermCounts:
    """Return the terms of a passage's text."""
    found = terms(text, language)
    lengths = tuple(len(getattr(found, field)) for field in FIELDS)
    numbers: Counter[int] = Counter()
    for place, field in enumerate(FIELDS):
        for term, count in Counter(getattr(found, field)).items():
            numbers[_number(place, term)] += count
    ordered = np.array(sorted(numbers), dtype=np.uint32)
    most = np.iinfo(np.uint16).max
    counts = np.array([min(numbers[term], most) for term in ordered.tolist()], dtype=np.uint16)
    return TermCounts(lengths, ordered, counts)


def _number(place: int, term: str) -> int:
    """Return the number of a term; its remainder is the place of its field."""
    return xxhash.xxh3_64_intdigest(term.encode()) % _OF_FIELD * _FIELDS + place


def _places(numbers: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the place of each term's field, shape (n,)."""
    return numbers.astype(np.int64) % _FIELDS


@dataclass(frozen=True)
class Statistics:
    """What BM25 needs to know of all passages of a language together.

    Attributes:
        passages: how many there are.
        lengths: how many terms each field of all of them has.
    """

    passages: int = 0
    lengths: tuple[int, ...] = (0,) * len(FIELDS)

    def __add__(self, other: Statistics) -> Statistics:
        """Return the statistics of both."""
        lengths = tuple(a + b for a, b in zip(self.lengths, other.lengths, strict=True))
        return Statistics(self.passages + other.passages, lengths)

    @classmethod
    def of(cls, passages: Sequence[TermCounts]) -> Statistics:
        """Return the statistics of some passages."""
        if not passages:
            return cls()
        sums = np.array([each.lengths for each in passages], dtype=np.int64).sum(axis=0)
        return cls(len(passages), tuple(sums.tolist()))

    @property
    def averages(self) -> NDArray[np.float64]:
        """The mean length of each field; 1 where all are empty."""
        mean = np.array(self.lengths, dtype=np.float64) / max(self.passages, 1)
        return np.where(mean > 0, mean, 1.0)


@dataclass(frozen=True)
class QuestionTerms:
    """The terms of a question, each once.

    Attributes:
        terms: their numbers, sorted, shape (n,), uint32.
    """

    terms: NDArray[np.uint32]

    @classmethod
    def of(cls, question: str, language: str) -> QuestionTerms:
        """Return a question's terms, analysed like a text of a language."""
        found = terms(question, language)
        numbers = {
            _number(place, term)
            for place, field in enumerate(FIELDS)
            for term in getattr(found, field)
        }
        return cls(np.array(sorted(numbers), dtype=np.uint32))

    def rarities(self, holding: Mapping[int, int], passages: int) -> NDArray[np.float64]:
        """Return what each term counts: its field's weight times its rarity, shape (n,).

        A term that no passage holds counts nothing.

        Args:
            holding: how many passages hold each term.
            passages: how many passages there are.
        """
        held = np.array([holding.get(term, 0) for term in self.terms.tolist()], dtype=np.float64)
        rarity = np.log1p((np.maximum(passages - held, 0) + 0.5) / (held + 0.5))
        weights = np.array([FIELD_WEIGHTS[field] for field in FIELDS])[_places(self.terms)]
        return np.asarray(np.where(held > 0, weights * rarity, 0.0))


def weights_of(passage: TermCounts, averages: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each term of a passage counts where a question has it, shape (n,)."""
    rounded = rounded_all(np.array(passage.lengths))
    norm = K1 * (1 - B + B * (rounded / averages)[_places(passage.terms)])
    return np.asarray((K1 + 1) * passage.counts / (passage.counts + norm))


def scores(
    question: QuestionTerms,
    rarities: NDArray[np.float64],
    passages: Sequence[TermCounts],
    averages: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return the BM25 scores of passages, as :class:`rag.index.lexical_index.LexicalIndex` does.

    Args:
        question: the question's terms.
        rarities: what each of them counts.
        passages: the passages' terms.
        averages: the mean length of each field of all passages of the language.

    Returns:
        Shape (passages,).
    """
    if not passages or not len(question.terms):
        return np.zeros(len(passages), dtype=np.float32)
    held = np.concatenate([each.terms for each in passages])
    often = np.concatenate([each.counts for each in passages]).astype(np.float64)
    row = np.repeat(np.arange(len(passages)), [len(each.terms) for each in passages])
    place = np.minimum(np.searchsorted(question.terms, held), len(question.terms) - 1)
    shared = question.terms[place] == held
    place, often, row = place[shared], often[shared], row[shared]
    rounded = rounded_all(np.array([each.lengths for each in passages]))
    norm = K1 * (1 - B + B * (rounded / averages)[row, _places(held[shared])])
    added = rarities[place] * (K1 + 1) * often / (often + norm)
    return np.bincount(row, added, len(passages)).astype(np.float32)

"""Word search in the passages of one language that are not on disk yet: BM25, in memory."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical_index import FIELD_WEIGHTS, LexicalIndex, LexicalScores, Rows
from rag.text.terms import FIELDS, Terms, terms

K1 = 1.2
B = 0.75
_FREQUENCY_BITS = 32


def _rounded_lengths() -> list[int]:
    """Return the 256 lengths that Tantivy distinguishes: exact up to 40, then rounded to 3 bits."""
    exact = list(range(24 + 16))
    return exact + [24 + ((code & 7 | 8) << (code >> 3) - 1) for code in range(16, 256 - 24)]


_LENGTHS = _rounded_lengths()


def rounded_length(length: int) -> int:
    """Return the length that counts for BM25, in terms: as Tantivy rounds it."""
    return _LENGTHS[bisect_right(_LENGTHS, length) - 1]


def rounded_all(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return :func:`rounded_length` of each of many lengths, in their shape."""
    return np.asarray(_LENGTHS)[np.searchsorted(_LENGTHS, lengths, side="right") - 1]


@dataclass(frozen=True)
class _Field:
    """One field of all passages.

    Attributes:
        lengths: the number of terms of each passage.
        rounded: the same, rounded down as Tantivy does, so that scores are the same.
        postings: for each term, one number for each passage that contains it: the passage's
            position in the upper bits, the term's frequency in the lower 32 bits.
    """

    lengths: array[int] = field(default_factory=lambda: array("Q"))
    rounded: array[int] = field(default_factory=lambda: array("Q"))
    postings: dict[str, array[int]] = field(default_factory=dict)

    def append(self, position: int, found: Sequence[str]) -> None:
        self.lengths.append(len(found))
        self.rounded.append(rounded_length(len(found)))
        for term, frequency in Counter(found).items():
            self.postings.setdefault(term, array("Q")).append(
                position << _FREQUENCY_BITS | frequency
            )

    def positions_of(self, term: str, count: int) -> tuple[Rows, Rows]:
        """Return the positions below ``count`` that contain a term, and its frequency in each."""
        numbers = _copied(self.postings.get(term, array("Q")))
        positions = numbers >> _FREQUENCY_BITS
        known = int(np.searchsorted(positions, count))
        return positions[:known], numbers[:known] & ((1 << _FREQUENCY_BITS) - 1)


class LexicalTail:
    """Passages of one language that are appended and never changed.

    Any number of threads may search while another one adds, without a lock. A passage gets the next
    position; its data is appended under that position; only then does ``_count`` grow. A search
    reads ``_count`` first and ignores all positions from there on, so everything that it uses is
    complete. Appending to an array, copying an array and reading from a dict are single steps under
    the interpreter's lock.
    """

    def __init__(self, language: str) -> None:
        """Start without passages; texts and questions are analysed in ``language``."""
        self._language = language
        self._rows = array("q")
        self._fields = {name: _Field() for name in FIELDS}
        self._count = 0
        self._adding = Lock()

    def __len__(self) -> int:
        """Return how many passages there are."""
        return self._count

    def add(self, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Append passages.

        Args:
            rows: the passages' rows; none of them has been added before.
            texts: the passages' texts.

        Raises:
            ValueError: there are not as many texts as rows.
        """
        numbers = array("q", rows)
        analysed = [terms(text, self._language) for text in texts]
        if len(numbers) != len(analysed):
            raise ValueError(f"{len(numbers)} rows, but {len(analysed)} texts")
        with self._adding:
            self._rows.extend(numbers)
            for position, found in enumerate(analysed, self._count):
                for name, one in self._fields.items():
                    one.append(position, getattr(found, name))
            self._count += len(analysed)

    def rows(self) -> Rows:
        """Return all rows in the order in which they were added, shape (n,)."""
        return _copied(self._rows)[: self._count]

    def search(
        self, question: str, top_k: int, allowed: NDArray[np.bool_], base: LexicalIndex | None
    ) -> tuple[Rows, LexicalScores]:
        """Return the rows and scores of the best passages for a question, best first.

        Scores are those of :meth:`LexicalIndex.search` with the statistics of base and tail
        together, so that results of both can be merged.

        Args:
            question: analysed like a text in the passages' language.
            top_k: how many passages to find.
            allowed: which rows may be returned, shape (rows,). Rows beyond its end were added after
                the searched state and are ignored.
            base: the index of the same language on disk; None if there is none.

        Returns:
            Rows and scores, shape (n,).
        """
        count = self._count
        rows = _copied(self._rows)[:count]
        known = rows < len(allowed)
        scores = self._scores(terms(question, self._language), known, base)
        matching = np.flatnonzero(known & (scores > 0))
        matching = matching[allowed[rows[matching]]]
        best = matching[np.lexsort((rows[matching], -scores[matching]))][: max(top_k, 0)]
        return rows[best], scores[best].astype(np.float32)

    def _scores(
        self, question: Terms, known: NDArray[np.bool_], base: LexicalIndex | None
    ) -> NDArray[np.float64]:
        """Return each passage's score by the statistics of the ``known`` passages, shape (n,)."""
        scores = np.zeros(len(known))
        passages = int(known.sum()) + (base.statistics.passages if base else 0)
        for name, one in self._fields.items():
            tokens = int(_copied(one.lengths)[: len(known)][known].sum())
            tokens += base.statistics.tokens[name] if base else 0
            if not tokens:
                continue
            lengths = _copied(one.rounded)[: len(known)] * (passages / tokens)
            for term in dict.fromkeys(getattr(question, name)):
                at, often = one.positions_of(term, len(known))
                if not len(at):
                    continue
                holding = int(known[at].sum()) + (
                    base.document_frequency(name, term) if base else 0
                )
                rarity = math.log1p((passages - holding + 0.5) / (holding + 0.5))
                norm = K1 * (1 - B + B * lengths[at])
                scores[at] += FIELD_WEIGHTS[name] * rarity * (K1 + 1) * often / (often + norm)
        return scores


def _copied(numbers: array[int]) -> Rows:
    """Return a copy as int64, shape (n,); an array cannot grow while NumPy looks into it."""
    return np.frombuffer(numbers[:], dtype=np.int64)

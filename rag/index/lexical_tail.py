"""Word-for-word search in the passages of one language that came after a snapshot, in memory."""

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

from rag.index.lexical_index import WEIGHTS, LexicalIndex, LexicalScores
from rag.records.passage import Keys
from rag.text.terms import FIELDS, Terms, terms

_K1 = 1.2
_B = 0.75
_FREQUENCY_BITS = 32


def _rounded_lengths() -> list[int]:
    """Return the 256 lengths that Tantivy tells apart: 0 to 40 exactly, then to 3 bits."""
    exact = list(range(24 + 16))
    return exact + [24 + ((code & 7 | 8) << (code >> 3) - 1) for code in range(16, 256 - 24)]


_LENGTHS = _rounded_lengths()


@dataclass(frozen=True)
class _Field:
    """One field of all passages.

    Attributes:
        lengths: terms of each passage, as they are.
        rounded: the same as Tantivy rounds them down, which makes scores alike.
        postings: of each term, one number for each passage that holds it: the passage's position
            above, the term's frequency in the lower 32 bits.
    """

    lengths: array[int] = field(default_factory=lambda: array("Q"))
    rounded: array[int] = field(default_factory=lambda: array("Q"))
    postings: dict[str, array[int]] = field(default_factory=dict)

    def append(self, position: int, found: Sequence[str]) -> None:
        self.lengths.append(len(found))
        self.rounded.append(_LENGTHS[bisect_right(_LENGTHS, len(found)) - 1])
        for term, frequency in Counter(found).items():
            self.postings.setdefault(term, array("Q")).append(
                position << _FREQUENCY_BITS | frequency
            )

    def holding(self, term: str, count: int) -> tuple[Keys, Keys]:
        """Return positions below ``count`` that hold a term, and how often each does."""
        numbers = _copied(self.postings.get(term, array("Q")))
        positions = numbers >> _FREQUENCY_BITS
        known = int(np.searchsorted(positions, count))
        return positions[:known], numbers[:known] & ((1 << _FREQUENCY_BITS) - 1)


class LexicalTail:
    """Passages of one language, appended and never changed, that are searched where they are.

    Any number of threads may search while another adds. Searching takes no lock: a passage gets the
    next position, all that is known of it is appended under that position, and only then does
    ``_count``, which a search reads before anything else, go past it. So whatever a search finds
    below its count is complete, and what it finds beyond it leaves alone. Appending to an array,
    copying one, and looking into a dict are single steps under the interpreter's lock.
    """

    def __init__(self, language: str) -> None:
        """Start without passages; texts and questions are analysed as ``language``."""
        self._language = language
        self._rows = array("q")
        self._fields = {name: _Field() for name in FIELDS}
        self._count = 0
        self._adding = Lock()

    def __len__(self) -> int:
        """Return how many passages there are."""
        return self._count

    def add(self, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Append passages: rows, each new to the tail, and as many texts.

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

    def rows(self) -> Keys:
        """Return all rows, shape (n,), in the order they were added in."""
        return _copied(self._rows)[: self._count]

    def search(
        self, question: str, k: int, allowed: NDArray[np.bool_], base: LexicalIndex | None
    ) -> tuple[Keys, LexicalScores]:
        """Return the ``k`` best passages for a question, best first: rows and scores, shape (n,).

        Scores are those of :meth:`LexicalIndex.search`, by the statistics of base and tail
        together, so that both rank together.

        Args:
            question: analysed as a text in the passages' language.
            k: at most so many.
            allowed: rows that may be returned, shape (rows,). Rows beyond its end are as good as
                not there: they came later than what asks.
            base: the passages before these, of the same language; None if there are none.
        """
        count = self._count
        rows = _copied(self._rows)[:count]
        there = rows < len(allowed)
        scores = self._scores(terms(question, self._language), there, base)
        matching = np.flatnonzero(there & (scores > 0))
        matching = matching[allowed[rows[matching]]]
        best = matching[np.lexsort((rows[matching], -scores[matching]))][: max(k, 0)]
        return rows[best], scores[best].astype(np.float32)

    def _scores(
        self, question: Terms, there: NDArray[np.bool_], base: LexicalIndex | None
    ) -> NDArray[np.float64]:
        """Return the score of each passage, shape (n,), by those that are ``there``."""
        scores = np.zeros(len(there))
        passages = int(there.sum()) + (base.statistics.passages if base else 0)
        for name, one in self._fields.items():
            tokens = int(_copied(one.lengths)[: len(there)][there].sum())
            tokens += base.statistics.tokens[name] if base else 0
            if not tokens:
                continue
            lengths = _copied(one.rounded)[: len(there)] * (passages / tokens)
            for term in dict.fromkeys(getattr(question, name)):
                at, often = one.holding(term, len(there))
                if not len(at):
                    continue
                holding = int(there[at].sum()) + (
                    base.document_frequency(name, term) if base else 0
                )
                rarity = math.log1p((passages - holding + 0.5) / (holding + 0.5))
                norm = _K1 * (1 - _B + _B * lengths[at])
                scores[at] += WEIGHTS[name] * rarity * (_K1 + 1) * often / (often + norm)
        return scores


def _copied(numbers: array[int]) -> Keys:
    """Return a copy as int64, shape (n,); to look into the array itself would forbid appending."""
    return np.frombuffer(numbers[:], dtype=np.int64)

"""The passages of one language at one state: those on disk and those that were added later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings.inner_products import HalfVectors
from embeddings.scaled_vectors import ScaledVectors
from rag.index.labels import Mask
from rag.index.segment import Segment
from rag.index.tail import TailView
from rag.records.passage import Codes, Keys, Starts
from tamngu.records.filter import UNDATED

SentencesOf = Callable[[Keys], tuple[ScaledVectors, Starts]]
"""Returns the sentence vectors of passages by their keys; see
:meth:`rag.catalog.passages.Passages.sentences`."""

TokensOf = Callable[[Keys], tuple[Codes, Starts]]
"""Returns the stored tokens of passages by their keys; see
:meth:`rag.catalog.passages.Passages.tokens`."""


@dataclass(frozen=True)
class LanguageView:
    """The passages of one language.

    Attributes:
        segment: the passages on disk.
        alive: which of them have not been deleted, shape (n,); None if none has been.
        tail: the passages that were added later.
        sentences_of: reads the sentence vectors of passages from the catalog.
        tokens_of: reads the tokens of passages from the catalog.
    """

    segment: Segment | None
    alive: Mask | None
    tail: TailView | None
    sentences_of: SentencesOf = field(repr=False)
    tokens_of: TokensOf = field(repr=False)

    @cached_property
    def count(self) -> int:
        """How many passages there are."""
        return len(self.keys())

    def keys(self) -> Keys:
        """Return the keys of all passages, sorted, shape (n,)."""
        parts = []
        if self.segment is not None:
            keys = self.segment.keys
            parts.append(keys if self.alive is None else keys[self.alive])
        if self.tail is not None:
            parts.append(self.tail.keys[self.tail.alive])
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def word_keys(self) -> Keys:
        """Return the keys of all passages in the word index, sorted, shape (n,).

        They equal :meth:`keys` if both indexes hold the same passages.
        """
        parts = [np.empty(0, dtype=np.int64)]
        if self.segment is not None:
            rows = self.segment.lexical.rows()
            parts.append(self.segment.keys[rows if self.alive is None else rows[self.alive[rows]]])
        if self.tail is not None:
            rows = self.tail.lexical.rows()
            rows = rows[rows < len(self.tail.keys)]
            parts.append(self.tail.keys[rows[self.tail.alive[rows]]])
        return np.concatenate(parts)

    def vectors(self, keys: Keys) -> HalfVectors:
        """Return passages' vectors in the order of the keys, shape (n, dim), float16."""
        on_disk, rows = self._rows(keys)
        parts = ((on_disk, self.segment), (~on_disk, self.tail))
        held = [
            (here, np.take(part.vectors, rows[here], axis=0))
            for here, part in parts
            if part is not None
        ]
        vectors = np.empty((len(keys), held[0][1].shape[1]), dtype=np.float16)
        for here, part_vectors in held:
            vectors[here] = part_vectors
        return vectors

    def sentences(self, keys: Keys) -> tuple[ScaledVectors, Starts]:
        """Return the sentence vectors of all passages, and where each passage's vectors begin.

        Returns:
            The vectors of one passage after the other; the row where each passage begins, and the
            row after the last, shape (n + 1,).

        Raises:
            CollectionDamaged: the catalog lacks a passage, or what it holds are no vectors.
        """
        return self.sentences_of(keys)

    def tokens(self, keys: Keys) -> tuple[Codes, Starts]:
        """Return the stored tokens of all passages, and where each passage's tokens begin.

        Returns:
            The codes of one passage after the other, shape (tokens, CODE_BYTES); the row where each
            passage begins, and the row after the last, shape (n + 1,). A passage has no rows if the
            encoder gives no tokens.

        Raises:
            CollectionDamaged: the catalog lacks a passage, or what it holds are no tokens.
        """
        return self.tokens_of(keys)

    def days(self, keys: Keys) -> NDArray[np.int32]:
        """Return the days on which passages' articles were published, shape (n,).

        They are ordinals as of :meth:`datetime.date.toordinal`, or
        :data:`tamngu.records.filter.UNDATED`.
        """
        on_disk, rows = self._rows(keys)
        days = np.full(len(keys), UNDATED, dtype=np.int32)
        for here, part in ((on_disk, self.segment), (~on_disk, self.tail)):
            if part is not None:
                days[here] = part.columns[rows[here], 2]
        return days

    def _rows(self, keys: Keys) -> tuple[Mask, NDArray[np.int64]]:
        """Return which keys are on disk, and each key's row there or in the tail."""
        if self.segment is None or not len(self.segment.keys):
            on_disk = np.zeros(len(keys), dtype=bool)
        else:
            on_disk = keys <= self.segment.keys[-1]
        rows = np.empty(len(keys), dtype=np.int64)
        if self.segment is not None:
            rows[on_disk] = np.searchsorted(self.segment.keys, keys[on_disk])
        if self.tail is not None:
            rows[~on_disk] = np.searchsorted(self.tail.keys, keys[~on_disk])
        return on_disk, rows

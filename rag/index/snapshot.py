"""One state of a collection's indexes: the generation on disk, what came since, what is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.index.background import Background
from rag.index.labels import Labels, Mask
from rag.index.segment import Segment
from rag.index.tail import TailView
from rag.index.vector_index import Matches
from rag.records.passage import Codes, Keys
from tamngu.records.filter import NO_FILTER, UNDATED, Filter

Scores = NDArray[np.float32]
Starts = NDArray[np.int64]
KeysOf = Callable[[Sequence[str]], Keys]
"""Returns the keys of the passages of articles, by id."""


@dataclass(frozen=True)
class LanguageView:
    """The passages of one language.

    Attributes:
        segment: those on disk.
        alive: which of them are still there, shape (n,); None: all.
        tail: those that came later.
    """

    segment: Segment | None
    alive: Mask | None
    tail: TailView | None

    @cached_property
    def count(self) -> int:
        """How many passages there are."""
        return len(self.keys())

    def keys(self) -> Keys:
        """Return the keys of all passages, sorted."""
        parts = []
        if self.segment is not None:
            keys = self.segment.keys
            parts.append(keys if self.alive is None else keys[self.alive])
        if self.tail is not None:
            parts.append(self.tail.keys[self.tail.alive])
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def word_keys(self) -> Keys:
        """Return the keys of all passages whose words can be matched, sorted: the same."""
        parts = [np.empty(0, dtype=np.int64)]
        if self.segment is not None:
            rows = self.segment.lexical.rows()
            parts.append(self.segment.keys[rows if self.alive is None else rows[self.alive[rows]]])
        if self.tail is not None:
            rows = self.tail.lexical.rows()
            rows = rows[rows < len(self.tail.keys)]
            parts.append(self.tail.keys[rows[self.tail.alive[rows]]])
        return np.concatenate(parts)

    def vectors(self, keys: Keys) -> Vectors:
        """Return passages' vectors, shape (n, dim), in the order of the keys."""
        on_disk, rows = self._rows(keys)
        parts = ((on_disk, self.segment), (~on_disk, self.tail))
        held = [(here, part.vectors[rows[here]]) for here, part in parts if part is not None]
        vectors = np.empty((len(keys), held[0][1].shape[1]), dtype=np.float32)
        for here, some in held:
            vectors[here] = some
        return vectors

    def sentences(self, keys: Keys) -> tuple[Vectors, Starts]:
        """Return passages' sentence vectors, one passage after the other.

        Of shape (sentences of all, dim); the second says where each passage's begin, and where the
        last one's end, shape (n + 1,).
        """
        segment, tail = self.segment, self.tail
        return self._gathered(
            keys,
            np.float32,
            None if segment is None else (segment.sentences, segment.starts),
            () if tail is None else tail.sentences,
        )

    def tokens(self, keys: Keys) -> tuple[Codes, Starts]:
        """Return what is stored of passages' tokens, shape (tokens of all, CODE_BYTES), likewise.

        A passage has none where the encoder gave none.
        """
        segment, tail = self.segment, self.tail
        return self._gathered(
            keys,
            np.uint8,
            None if segment is None else (segment.tokens, segment.token_starts),
            () if tail is None else tail.tokens,
        )

    def sentence_vectors(self, keys: Keys) -> list[Vectors]:
        """Return passages' sentence vectors, shape (sentences, dim) each."""
        vectors, starts = self.sentences(keys)
        return np.split(vectors, starts[1:-1]) if len(keys) else []

    def days(self, keys: Keys) -> NDArray[np.int32]:
        """Return the days on which passages' articles appeared, shape (n,).

        Ordinals, or :data:`tamngu.records.filter.UNDATED`.
        """
        on_disk, rows = self._rows(keys)
        days = np.full(len(keys), UNDATED, dtype=np.int32)
        for here, part in ((on_disk, self.segment), (~on_disk, self.tail)):
            if part is not None:
                days[here] = part.columns[rows[here], 2]
        return days

    def _gathered(
        self,
        keys: Keys,
        kind: type[np.generic],
        held: tuple[NDArray[Any], Starts] | None,
        later: Sequence[NDArray[Any]],
    ) -> tuple[NDArray[Any], Starts]:
        """Gather rows of passages that have several each.

        Args:
            keys: of the passages.
            kind: of the result.
            held: the rows on disk, and where each passage's begin and the last one's end.
            later: each passage's rows in the tail.
        """
        on_disk, rows = self._rows(keys)
        sizes = np.zeros(len(keys), dtype=np.int64)
        first = np.zeros(len(keys), dtype=np.int64)
        if held is not None:
            first[on_disk] = held[1][rows[on_disk]]
            sizes[on_disk] = held[1][rows[on_disk] + 1] - first[on_disk]
        in_tail = np.flatnonzero(~on_disk).tolist()
        sizes[in_tail] = [len(later[rows[place]]) for place in in_tail]
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
        if held is not None and not in_tail:
            return held[0][_ranges(first, sizes)].astype(kind), starts
        width = held[0].shape[1] if held is not None else later[0].shape[1]
        gathered = np.empty((starts[-1], width), dtype=kind)
        if held is not None:
            here = _ranges(starts[:-1][on_disk], sizes[on_disk])
            gathered[here] = held[0][_ranges(first[on_disk], sizes[on_disk])]
        for place in in_tail:
            gathered[starts[place] : starts[place + 1]] = later[rows[place]]
        return gathered, starts

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


@dataclass(frozen=True)
class Snapshot:
    """An immutable state; a :class:`rag.index.vector_index.VectorIndex` and its lexical sibling.

    Attributes:
        identity: the catalog's.
        revision: the catalog's, at this state.
        views: by language; none is empty.
        backgrounds: by language.
        labels: what columns' codes stand for.
        keys_of: finds articles' passages.
    """

    identity: str
    revision: int
    views: Mapping[str, LanguageView]
    backgrounds: Mapping[str, Background]
    labels: Labels
    keys_of: KeysOf = field(repr=False)

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""
        return {language: view.count for language, view in sorted(self.views.items())}

    def keys(self) -> Keys:
        """Return all keys."""
        parts = [view.keys() for view in self.views.values()]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def search(
        self, questions: Vectors, k: int, language: str, chosen: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``k`` best passages of one language that pass, for questions (n, dim)."""
        nothing = (len(questions), 0)
        found: list[tuple[Keys, Scores]] = [
            (np.empty(nothing, np.int64), np.empty(nothing, np.float32))
        ]
        view, on_disk, in_tail = self._chosen(language, chosen)
        if view is not None and view.segment is not None:
            nearest = view.segment.index.search(questions, k, on_disk)
            found.append((view.segment.keys[nearest.rows], nearest.scores))
        if view is not None and view.tail is not None and in_tail is not None:
            rows = np.flatnonzero(in_tail)
            cosines = questions @ view.tail.vectors[rows].T
            found.append((np.broadcast_to(view.tail.keys[rows], cosines.shape), cosines))
        keys = np.concatenate([pair[0] for pair in found], axis=1)
        scores = np.concatenate([pair[1] for pair in found], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return Matches(
            np.take_along_axis(keys, order, axis=1), np.take_along_axis(scores, order, axis=1)
        )

    def match_words(
        self, question: str, k: int, language: str, chosen: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``k`` passages of one language whose words match best, by BM25.

        Passages that share no word with the question are not among them.
        """
        found: list[tuple[Keys, Scores]] = [(np.empty(0, np.int64), np.empty(0, np.float32))]
        view, on_disk, in_tail = self._chosen(language, chosen)
        base = view.segment.lexical if view is not None and view.segment is not None else None
        if view is not None and view.segment is not None:
            rows, scores = view.segment.lexical.search(question, k, on_disk)
            found.append((view.segment.keys[rows], scores))
        if view is not None and view.tail is not None and in_tail is not None:
            rows, scores = view.tail.lexical.search(question, k, in_tail, base)
            found.append((view.tail.keys[rows], scores))
        keys = np.concatenate([pair[0] for pair in found])
        scores = np.concatenate([pair[1] for pair in found])
        order = np.argsort(-scores, kind="stable")[:k]
        return Matches(keys[order][None], scores[order][None])

    def _chosen(
        self, language: str, chosen: Filter
    ) -> tuple[LanguageView | None, Mask | None, Mask | None]:
        """Return a language's view and the rows that pass, on disk (None: all) and in the tail."""
        view = self.views.get(language)
        if view is None or (chosen.languages is not None and language not in chosen.languages):
            return None, None, None
        on_disk = view.alive
        in_tail = None if view.tail is None else view.tail.alive
        if chosen.reads_columns:
            if view.segment is not None:
                on_disk = _both(on_disk, self.labels.mask(view.segment.columns, chosen))
            if view.tail is not None:
                in_tail = _both(in_tail, self.labels.mask(view.tail.columns, chosen))
        if chosen.article_ids is not None:
            keys = self.keys_of(chosen.article_ids)
            if view.segment is not None:
                on_disk = _both(on_disk, _among(view.segment.keys, keys))
            if view.tail is not None:
                in_tail = _both(in_tail, _among(view.tail.keys, keys))
        return view, on_disk, in_tail


def _ranges(first: Starts, sizes: Starts) -> Starts:
    """Return ``first[i], first[i] + 1, ...``, ``sizes[i]`` of them, for each i in turn."""
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(sizes.sum()) + np.repeat(first - before, sizes))


def _both(one: Mask | None, other: Mask) -> Mask:
    return other if one is None else one & other


def _among(held: Keys, keys: Keys) -> Mask:
    """Return which of the sorted keys that are held are among a few others."""
    mask = np.zeros(len(held), dtype=bool)
    places = np.searchsorted(held, keys)
    inside = places < len(held)
    places, keys = places[inside], keys[inside]
    mask[places[held[places] == keys]] = True
    return mask

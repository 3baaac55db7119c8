"""One state of a collection's indexes: the generation on disk with the later changes applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.inner_products import inner_products
from rag.index.background import Background, Scores
from rag.index.held_labels import HeldLabels
from rag.index.labels import Labels, Mask
from rag.index.language_view import LanguageView
from rag.index.vector_index import Matches
from rag.records.passage import Keys
from tamngu.records.filter import NO_FILTER, UNDATED, Filter
from tamngu.records.notice import Notice

KeysOf = Callable[[Sequence[str]], Keys]
"""Returns the keys of the passages of articles, by article id."""


@dataclass(frozen=True)
class Snapshot:
    """An immutable state; a :class:`rag.index.vector_index.VectorIndex` and a word index.

    Attributes:
        identity: the catalog's identity.
        revision: the catalog's revision at this state.
        views: the passages by language; only languages that have passages.
        backgrounds: a sample of the passages of each language.
        labels: the sources and tags that the columns' codes stand for.
        keys_of: finds the passages of articles.
    """

    identity: str
    revision: int
    views: Mapping[str, LanguageView]
    backgrounds: Mapping[str, Background]
    labels: Labels
    keys_of: KeysOf = field(repr=False)

    @property
    def notices(self) -> Sequence[Notice]:
        """What a reader of an answer has to know of this state: nothing."""
        return ()

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""
        return {language: view.count for language, view in sorted(self.views.items())}

    @cached_property
    def sources(self) -> HeldLabels:
        """The sources of the articles that have passages."""
        codes = self._held_codes(0)
        return HeldLabels.of(self.labels.sources[code - 1] for code in codes)

    @cached_property
    def tags(self) -> HeldLabels:
        """The tags of the articles that have passages."""
        sets = (self.labels.tag_sets[code - 1] for code in self._held_codes(1))
        return HeldLabels.of(tag for tags in sets for tag in tags)

    @cached_property
    def days(self) -> tuple[int, int] | None:
        """The first and the last day on which articles were published; None if none has a date.

        They are ordinals as of :meth:`datetime.date.toordinal`.
        """
        days = self._column(2)
        days = days[days != UNDATED]
        return (int(days.min()), int(days.max())) if days.size else None

    def keys(self) -> Keys:
        """Return the keys of all passages, in no particular order, shape (n,)."""
        parts = [view.keys() for view in self.views.values()]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def search(
        self, questions: Vectors, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` best passages of one language that meet the filters.

        Args:
            questions: unit vectors, shape (n, dim), float32.
            top_k: how many passages to find for each question.
            language: the passages' language.
            filters: conditions on the passages' articles.
        """
        nothing = (len(questions), 0)
        found: list[tuple[Keys, Scores]] = [
            (np.empty(nothing, np.int64), np.empty(nothing, np.float32))
        ]
        view, on_disk, in_tail = self._allowed(language, filters)
        if view is not None and view.segment is not None:
            nearest = view.segment.index.search(questions, top_k, on_disk)
            found.append((view.segment.keys[nearest.rows], nearest.scores))
        if view is not None and view.tail is not None and in_tail is not None:
            rows = np.flatnonzero(in_tail)
            cosines = inner_products(view.tail.vectors[rows], questions).T
            found.append((np.broadcast_to(view.tail.keys[rows], cosines.shape), cosines))
        keys = np.concatenate([pair[0] for pair in found], axis=1)
        scores = np.concatenate([pair[1] for pair in found], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :top_k]
        return Matches(
            np.take_along_axis(keys, order, axis=1), np.take_along_axis(scores, order, axis=1)
        )

    def match_words(
        self, question: str, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` passages of one language whose words match best, by BM25.

        Passages that share no word with the question are left out.

        Args:
            question: the question's text.
            top_k: how many passages to find.
            language: the passages' language.
            filters: conditions on the passages' articles.
        """
        found: list[tuple[Keys, Scores]] = [(np.empty(0, np.int64), np.empty(0, np.float32))]
        view, on_disk, in_tail = self._allowed(language, filters)
        base = view.segment.lexical if view is not None and view.segment is not None else None
        if view is not None and view.segment is not None:
            rows, scores = view.segment.lexical.search(question, top_k, on_disk)
            found.append((view.segment.keys[rows], scores))
        if view is not None and view.tail is not None and in_tail is not None:
            rows, scores = view.tail.lexical.search(question, top_k, in_tail, base)
            found.append((view.tail.keys[rows], scores))
        keys = np.concatenate([pair[0] for pair in found])
        scores = np.concatenate([pair[1] for pair in found])
        order = np.argsort(-scores, kind="stable")[:top_k]
        return Matches(keys[order][None], scores[order][None])

    def search_each(
        self, question: Vectors, top_k: int, languages: Sequence[str], filters: Filter = NO_FILTER
    ) -> dict[str, Matches]:
        """Return what :meth:`search` finds in each of some languages, for one question."""
        return {each: self.search(question[None], top_k, each, filters) for each in languages}

    def match_words_each(
        self, questions: Mapping[str, str], top_k: int, filters: Filter = NO_FILTER
    ) -> dict[str, Matches]:
        """Return what :meth:`match_words` finds in each of some languages."""
        return {
            language: self.match_words(question, top_k, language, filters)
            for language, question in questions.items()
        }

    def read_vectors(self, keys: Keys) -> None:
        """Do nothing: they are in files of this machine."""

    def read_tokens(self, keys: Keys) -> None:
        """Do nothing: they are in the catalog's file on this machine."""

    def _held_codes(self, column: int) -> list[int]:
        """Return the codes in a column of the passages, sorted, each once, without 0."""
        present = np.flatnonzero(np.bincount(self._column(column)))
        return [code for code in present.tolist() if code]

    def _column(self, column: int) -> NDArray[np.int32]:
        """Return a column of all passages, in no particular order, shape (n,)."""
        parts = [np.empty(0, dtype=np.int32)]
        for view in self.views.values():
            if view.segment is not None:
                values = view.segment.columns[:, column]
                parts.append(values if view.alive is None else values[view.alive])
            if view.tail is not None:
                parts.append(view.tail.columns[view.tail.alive, column])
        return np.concatenate(parts)

    def _allowed(
        self, language: str, filters: Filter
    ) -> tuple[LanguageView | None, Mask | None, Mask | None]:
        """Return a language's view, and which rows meet the filters on disk and in the tail.

        None for the rows on disk allows all of them.
        """
        view = self.views.get(language)
        if view is None or (filters.languages is not None and language not in filters.languages):
            return None, None, None
        on_disk = view.alive
        in_tail = None if view.tail is None else view.tail.alive
        if filters.reads_columns:
            if view.segment is not None:
                on_disk = _both(on_disk, self.labels.mask(view.segment.columns, filters))
            if view.tail is not None:
                in_tail = _both(in_tail, self.labels.mask(view.tail.columns, filters))
        if filters.article_ids is not None:
            keys = self.keys_of(filters.article_ids)
            if view.segment is not None:
                on_disk = _both(on_disk, _among(view.segment.keys, keys))
            if view.tail is not None:
                in_tail = _both(in_tail, _among(view.tail.keys, keys))
        return view, on_disk, in_tail


def _both(one: Mask | None, other: Mask) -> Mask:
    return other if one is None else one & other


def _among(held: Keys, keys: Keys) -> Mask:
    """Return which of the sorted keys ``held`` are among ``keys``, shape (len(held),)."""
    mask = np.zeros(len(held), dtype=bool)
    places = np.searchsorted(held, keys)
    inside = places < len(held)
    places, keys = places[inside], keys[inside]
    mask[places[held[places] == keys]] = True
    return mask

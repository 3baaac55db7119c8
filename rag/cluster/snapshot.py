"""One state of a collection on a cluster: Milvus, and what was written since, read from PostgreSQL.

Each passage that Milvus finds is looked up in the catalog's state. So what is not committed yet,
and what has been deleted, is never returned, however late Milvus learns of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.cluster.cluster_view import NO_TAIL, ClusterTail, ClusterView
from rag.cluster.passage_rows import PassageRows, PassageVectors
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.term_counts import QuestionTerms, Statistics, TermCounts, scores
from rag.cluster.vectors import CollectionLost, Condition, VectorStore
from rag.index.background import Background
from rag.index.held_labels import HeldLabels
from rag.index.vector_index import Matches
from rag.records.passage import Keys
from tamngu.records.filter import NO_FILTER, Filter, day_of
from tamngu.records.notice import Notice

_MORE_BY_WORDS = 3
"""How many times as many passages Milvus is asked for by words as are wanted. It weighs them with
the mean lengths of the day on which each was indexed; here they are weighed with today's."""

_LEAST_BY_WORDS = 300
"""Passages that it is asked for at least."""

_MOST_WITHOUT = 1000
"""Deleted passages that Milvus is asked to leave out; if there are more, that many more passages
are asked for."""

_LOST = Notice(
    "index-lost",
    "Milvus does not hold this collection at present, so only the newest passages were searched; "
    "it is filled again by the next ingest, or by: tamngu collections compact",
)


@dataclass(frozen=True)
class ClusterSnapshot:
    """A state; a :class:`rag.index.seam.Snapshot`. Use it where the catalog reads that state.

    Attributes:
        identity: the catalog's identity.
        revision: the catalog's revision at this state.
        counts: how many passages of each language there are.
        views: the passages by language.
        backgrounds: a sample of the passages of each language.
        tails: what Milvus may not show yet, by language.
        notices: what a reader of an answer has to know of this state.
        database: the catalog's.
        store: Milvus.
        rows: reads passages.
        nearest: what a thread found by vectors in this use of the snapshot, by language.
        labels: sources and tags that were read for an earlier use of this state, by kind.
    """

    identity: str
    revision: int
    counts: Mapping[str, int]
    views: Mapping[str, ClusterView]
    backgrounds: Mapping[str, Background]
    tails: Mapping[str, ClusterTail]
    notices: list[Notice]
    database: PostgresDatabase = field(repr=False)
    store: VectorStore = field(repr=False)
    rows: PassageRows = field(repr=False)
    nearest: threading.local = field(default_factory=threading.local, repr=False)
    labels: dict[str, HeldLabels] = field(default_factory=dict, repr=False)

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""
        return self.counts

    @property
    def sources(self) -> HeldLabels:
        """The sources of the articles that have passages."""
        return self._held_labels("source", lambda row: () if row.source is None else (row.source,))

    @property
    def tags(self) -> HeldLabels:
        """The tags of the articles that have passages."""
        return self._held_labels("tag", lambda row: row.tags)

    @cached_property
    def days(self) -> tuple[int, int] | None:
        """The first and the last day on which articles were published; None if none has a date."""
        query = (
            "SELECT min(published_at), max(published_at) FROM articles"
            " WHERE published_at IS NOT NULL"
        )
        first, last = self.database.rows(query)[0]
        return None if first is None else (day_of(first), day_of(last))

    def search(
        self, questions: Vectors, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` best passages of one language that meet the filters."""
        found = [self._search(one, top_k, language, filters) for one in questions]
        self.nearest.of = {**getattr(self.nearest, "of", {}), language: found[-1][0]}
        width = min(map(len, (keys for keys, _ in found)), default=0)
        return Matches(
            np.stack([keys[:width] for keys, _ in found]),
            np.stack([cosines[:width] for _, cosines in found]),
        )

    def match_words(
        self, question: str, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` passages of one language whose words match best, by BM25.

        A server without sparse vectors finds nothing by words. There the words put in order what
        this thread has just found by vectors.
        """
        keys, matched = self._match_words(question, top_k, language, filters)
        return Matches(keys[None], matched[None])

    def _search(
        self, question: Vectors, top_k: int, language: str, filters: Filter
    ) -> tuple[Keys, NDArray[np.float32]]:
        tail, in_tail = self._in_tail(language, filters)
        keys = tail.keys[in_tail]
        cosines = np.empty(0, dtype=np.float32)
        if len(keys):
            cosines = np.asarray(tail.vectors[in_tail] @ question, dtype=np.float32)
        condition = self._condition(language, filters)
        if condition is not None:
            more = len(tail.keys) + self._hidden(tail)
            with self._lost_is_empty():
                found = self.store.search(question[None], top_k + more, condition)
                shown = self._shown(found.keys[0], tail)
                keys = np.concatenate([keys, found.keys[0][shown]])
                cosines = np.concatenate([cosines, found.scores[0][shown]])
        best = np.lexsort((keys, -cosines))[:top_k]
        return keys[best], cosines[best]

    def _match_words(
        self, question: str, top_k: int, language: str, filters: Filter
    ) -> tuple[Keys, NDArray[np.float32]]:
        tail, in_tail = self._in_tail(language, filters)
        asked = QuestionTerms.of(question, language)
        in_tail_terms = self._terms(tail.keys)
        new = [t for t, is_new in zip(in_tail_terms, tail.is_uncounted, strict=True) if is_new]
        statistics = self._statistics(language) + Statistics.of(new)
        rarities = asked.rarities(self._holding(asked, language, new), statistics.passages)
        keys = tail.keys[in_tail]
        condition = self._condition(language, filters)
        if condition is not None and self.store.has_words:
            words = {
                term: float(rarity)
                for term, rarity in zip(asked.terms.tolist(), rarities, strict=True)
                if rarity > 0
            }
            most = max(_MORE_BY_WORDS * top_k, _LEAST_BY_WORDS) + len(tail.keys)
            with self._lost_is_empty():
                found = self.store.match_words(words, most + self._hidden(tail), condition)
                keys = np.concatenate([keys, found[self._shown(found, tail)]])
        elif condition is not None:
            nearest = getattr(self.nearest, "of", {}).get(language, keys[:0])
            keys = np.union1d(keys, nearest)
        matched = scores(asked, rarities, self._terms(keys), statistics.averages)
        best = np.lexsort((keys, -matched))[:top_k]
        best = best[matched[best] > 0]
        return keys[best], matched[best]

    @contextmanager
    def _lost_is_empty(self) -> Iterator[None]:
        """Let a search go on over the tail where Milvus has lost the collection, and say so."""
        try:
            yield
        except CollectionLost:
            in_tails = sum(len(tail.keys) for tail in self.tails.values())
            if sum(self.counts.values()) > in_tails and _LOST not in self.notices:
                self.notices.append(_LOST)

    def _condition(self, language: str, filters: Filter) -> Condition | None:
        """Return what Milvus is asked for; None if it holds nothing that meets the filters."""
        if language not in self.counts or (
            filters.languages is not None and language not in filters.languages
        ):
            return None
        sources = None if filters.sources is None else self._codes("source", filters.sources)
        tags = None if filters.tags is None else self._codes("tag", filters.tags)
        keys = None
        if filters.article_ids is not None:
            query = "SELECT key FROM passages WHERE article_id = ANY(?)"
            rows = self.database.rows_of(query, [list(filters.article_ids)])
            keys = [row[0] for row in rows]
        if any(part is not None and not part for part in (sources, tags, keys)):
            return None
        tail = self.tails.get(language)
        without = [] if tail is None or self._hidden(tail) else tail.deleted.tolist()
        start, end = filters.published_from, filters.published_to
        return Condition(
            language,
            sources,
            tags,
            None if start is None else start.toordinal(),
            None if end is None else end.toordinal(),
            keys,
            without,
        )

    def _hidden(self, tail: ClusterTail) -> int:
        """Return how many deleted passages Milvus may return."""
        return len(tail.deleted) if len(tail.deleted) > _MOST_WITHOUT else 0

    def _shown(self, keys: Keys, tail: ClusterTail) -> NDArray[np.bool_]:
        """Return which of Milvus's passages are in this state, and not in the tail."""
        return np.isin(keys, self.rows.stored(keys)) & ~np.isin(keys, tail.keys)

    def _in_tail(self, language: str, filters: Filter) -> tuple[ClusterTail, NDArray[np.bool_]]:
        tail = self.tails.get(language, NO_TAIL)
        if not len(tail.keys):
            return tail, np.zeros(0, dtype=bool)
        met = np.array([row.meets(filters) for row in tail.rows], dtype=bool)
        if filters.article_ids is not None:
            query = "SELECT key FROM passages WHERE article_id = ANY(?) AND key = ANY(?)"
            rows = self.database.rows_of(query, [list(filters.article_ids), tail.keys.tolist()])
            met &= np.isin(tail.keys, np.array([row[0] for row in rows], dtype=np.int64))
        return tail, met

    def _terms(self, keys: Keys) -> list[TermCounts]:
        found = self.rows.terms(keys.tolist())
        return [found[key] for key in keys.tolist()]

    def _held_labels(self, kind: str, of: Callable[[PassageVectors], Sequence[str]]) -> HeldLabels:
        """Return labels: those of what is counted, and those of the tail."""
        if kind not in self.labels:
            query = "SELECT name FROM labels WHERE kind = ? AND passages > 0 ORDER BY code"
            counted = [row[0] for row in self.database.rows(query, (kind,))]
            new = [name for tail in self.tails.values() for row in tail.rows for name in of(row)]
            self.labels[kind] = HeldLabels.of([*counted, *new])
        return self.labels[kind]

    def _codes(self, kind: str, names: Sequence[str]) -> list[int]:
        query = "SELECT code FROM labels WHERE kind = ? AND name = ANY(?)"
        return [row[0] for row in self.database.rows_of(query, [kind, list(names)])]

    def _statistics(self, language: str) -> Statistics:
        query = "SELECT passages, lengths FROM word_counts WHERE language = ?"
        rows = self.database.rows(query, (language,))
        return Statistics(rows[0][0], tuple(rows[0][1])) if rows else Statistics()

    def _holding(
        self, asked: QuestionTerms, language: str, new: Sequence[TermCounts]
    ) -> dict[int, int]:
        """Return how many passages hold each of the question's terms."""
        query = "SELECT term, passages FROM term_counts WHERE language = ? AND term = ANY(?)"
        holding: dict[int, int] = dict(
            self.database.rows_of(query, [language, asked.terms.tolist()])
        )
        if new and len(asked.terms):
            terms, counts = np.unique(
                np.concatenate([each.terms for each in new]), return_counts=True
            )
            shared = np.isin(terms, asked.terms)
            for term, count in zip(terms[shared].tolist(), counts[shared].tolist(), strict=True):
                holding[term] = holding.get(term, 0) + count
        return holding

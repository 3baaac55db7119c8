"""One state of a collection on a cluster: Milvus, and what was written since, read from PostgreSQL.

Each passage that Milvus finds is looked up in the catalog's state. So what is not committed yet,
and what has been deleted, is never returned, however late Milvus learns of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.cluster.asked_words import asked_words
from rag.cluster.cluster_view import NO_TAIL, ClusterTail, ClusterView
from rag.cluster.passage_rows import PassageRows, PassageVectors
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.term_counts import QuestionTerms, TermCounts
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

Found = TypeVar("Found")

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
        found = [self.search_each(one, top_k, [language], filters)[language] for one in questions]
        width = min((each.keys.shape[1] for each in found), default=0)
        return Matches(
            np.concatenate([each.keys[:, :width] for each in found]),
            np.concatenate([each.scores[:, :width] for each in found]),
        )

    def match_words(
        self, question: str, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` passages of one language whose words match best, by BM25.

        A server without sparse vectors finds nothing by words. There the words put in order what
        this thread has just found by vectors.
        """
        return self.match_words_each({language: question}, top_k, filters)[language]

    def search_each(
        self, question: Vectors, top_k: int, languages: Sequence[str], filters: Filter = NO_FILTER
    ) -> dict[str, Matches]:
        """Return what :meth:`search` finds in each of some languages, for one question."""
        asked = {
            language: partial(
                self.store.search, question[None], top_k + self._more(language), condition
            )
            for language, condition in self._conditions(languages, filters).items()
        }
        found = self._answers(asked)
        stored = self.rows.stored(_joined(each.keys[0] for each in found.values()))
        matches = {}
        for language in languages:
            tail, in_tail = self._in_tail(language, filters)
            keys = tail.keys[in_tail]
            cosines = np.empty(0, dtype=np.float32)
            if len(keys):
                cosines = np.asarray(tail.vectors[in_tail] @ question, dtype=np.float32)
            if language in found:
                (of_store,), (scores_of_store,) = found[language].keys, found[language].scores
                shown = _shown(of_store, stored, tail)
                keys = np.concatenate([keys, of_store[shown]])
                cosines = np.concatenate([cosines, scores_of_store[shown]])
            best = np.lexsort((keys, -cosines))[:top_k]
            matches[language] = Matches(keys[best][None], cosines[best][None])
        self.nearest.of = {each: found.keys[0] for each, found in matches.items()}
        return matches

    def match_words_each(
        self, questions: Mapping[str, str], top_k: int, filters: Filter = NO_FILTER
    ) -> dict[str, Matches]:
        """Return what :meth:`match_words` finds in each of some languages."""
        if not questions:
            return {}
        terms = {each: QuestionTerms.of(text, each) for each, text in questions.items()}
        asked = asked_words(self.database, terms, self._uncounted(list(questions)))
        conditions = self._conditions(list(questions), filters)
        found: dict[str, Keys] = {}
        if self.store.has_words:
            most = max(_MORE_BY_WORDS * top_k, _LEAST_BY_WORDS)
            found = self._answers(
                {
                    each: partial(
                        self.store.match_words,
                        asked[each].weights(),
                        most + self._more(each),
                        condition,
                    )
                    for each, condition in conditions.items()
                }
            )
        stored = self.rows.stored(_joined(found.values()))
        candidates = {}
        for each in questions:
            tail, in_tail = self._in_tail(each, filters)
            candidates[each] = tail.keys[in_tail]
            if each in found:
                shown = found[each][_shown(found[each], stored, tail)]
                candidates[each] = np.concatenate([candidates[each], shown])
            elif each in conditions and not self.store.has_words:
                nearest = getattr(self.nearest, "of", {}).get(each, tail.keys[:0])
                candidates[each] = np.union1d(candidates[each], nearest)
        held = self.rows.terms(_joined(candidates.values()).tolist())
        return {
            each: asked[each].best(keys, [held[key] for key in keys.tolist()], top_k)
            for each, keys in candidates.items()
        }

    def read_vectors(self, keys: Keys) -> None:
        """Read the vectors and the sentences of passages of any language, in one trip."""
        self.rows.vectors(keys.tolist())

    def read_tokens(self, keys: Keys) -> None:
        """Read the tokens of passages of any language, in one trip."""
        self.rows.tokens(keys.tolist())

    def _uncounted(self, languages: Sequence[str]) -> dict[str, list[TermCounts]]:
        """Return the terms of the passages that are in no statistics yet, by language."""
        keys = {
            each: self.tails[each].keys[self.tails[each].is_uncounted].tolist()
            for each in languages
            if each in self.tails
        }
        held = self.rows.terms([key for some in keys.values() for key in some])
        return {each: [held[key] for key in some] for each, some in keys.items()}

    def _answers(self, asked: Mapping[str, Callable[[], Found]]) -> dict[str, Found]:
        """Ask Milvus about several languages at once; return what it finds.

        Where it has lost the collection, a search goes on over the tail, and a notice says so.
        """
        found = {}
        with ThreadPoolExecutor(max(1, len(asked))) as threads:
            waiting = {language: threads.submit(ask) for language, ask in asked.items()}
        for language, each in waiting.items():
            try:
                found[language] = each.result()
            except CollectionLost:
                in_tails = sum(len(tail.keys) for tail in self.tails.values())
                if sum(self.counts.values()) > in_tails and _LOST not in self.notices:
                    self.notices.append(_LOST)
        return found

    def _conditions(self, languages: Sequence[str], filters: Filter) -> dict[str, Condition]:
        """Return what Milvus is asked for; languages of which it holds nothing are left out."""
        asked = [
            each
            for each in languages
            if each in self.counts and (filters.languages is None or each in filters.languages)
        ]
        sources = None if filters.sources is None else self._codes("source", filters.sources)
        tags = None if filters.tags is None else self._codes("tag", filters.tags)
        keys = None
        if filters.article_ids is not None:
            query = "SELECT key FROM passages WHERE article_id = ANY(?)"
            rows = self.database.rows_of(query, [list(filters.article_ids)])
            keys = [row[0] for row in rows]
        if any(part is not None and not part for part in (sources, tags, keys)):
            return {}
        start, end = filters.published_from, filters.published_to
        first = None if start is None else start.toordinal()
        last = None if end is None else end.toordinal()
        return {
            each: Condition(each, sources, tags, first, last, keys, self._without(each))
            for each in asked
        }

    def _without(self, language: str) -> list[int]:
        """Return the deleted passages that Milvus is asked to leave out."""
        deleted = self.tails.get(language, NO_TAIL).deleted
        return deleted.tolist() if len(deleted) <= _MOST_WITHOUT else []

    def _more(self, language: str) -> int:
        """Return how many of the passages that Milvus finds may be left out afterwards."""
        tail = self.tails.get(language, NO_TAIL)
        hidden = len(tail.deleted) if len(tail.deleted) > _MOST_WITHOUT else 0
        return len(tail.keys) + hidden

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


def _joined(keys: Iterable[Keys]) -> Keys:
    return np.concatenate([np.empty(0, dtype=np.int64), *keys])


def _shown(keys: Keys, stored: Keys, tail: ClusterTail) -> NDArray[np.bool_]:
    """Return which of Milvus's passages are in this state, and not in the tail."""
    return np.isin(keys, stored) & ~np.isin(keys, tail.keys)

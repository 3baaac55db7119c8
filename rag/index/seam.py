"""The seam between ranking and indexes: one state of a collection, wherever it is held.

:mod:`rag.index.snapshot` holds it in files of this machine, and :mod:`rag.cluster.snapshot` on a
cluster. Both give the same passages the same scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.inner_products import HalfVectors
from embeddings.scaled_vectors import ScaledVectors
from rag.index.background import Background
from rag.index.held_labels import HeldLabels
from rag.index.vector_index import Matches
from rag.records.passage import Codes, Keys, Starts
from tamngu.records.filter import NO_FILTER, Filter
from tamngu.records.notice import Notice


class LanguageView(Protocol):
    """The passages of one language; every key that it is asked for is one of theirs."""

    def vectors(self, keys: Keys) -> HalfVectors:
        """Return passages' vectors in the order of the keys, shape (n, dim), float16."""

    def sentences(self, keys: Keys) -> tuple[ScaledVectors, Starts]:
        """Return the sentence vectors of all passages, and where each passage's vectors begin.

        Returns:
            The vectors of one passage after the other; the row where each passage begins, and the
            row after the last, shape (n + 1,).
        """

    def tokens(self, keys: Keys) -> tuple[Codes, Starts]:
        """Return the stored tokens of all passages, and where each passage's tokens begin.

        Returns:
            As :meth:`sentences`, shape (tokens, CODE_BYTES). A passage has no rows if the
            encoder gives no tokens.
        """

    def days(self, keys: Keys) -> NDArray[np.int32]:
        """Return the days on which passages' articles were published, shape (n,).

        They are ordinals as of :meth:`datetime.date.toordinal`, or
        :data:`tamngu.records.filter.UNDATED`.
        """


class Snapshot(Protocol):
    """One state of a collection's indexes; what is written later is not in it."""

    @property
    def identity(self) -> str:
        """The catalog's identity."""

    @property
    def revision(self) -> int:
        """The catalog's revision at this state."""

    @property
    def views(self) -> Mapping[str, LanguageView]:
        """The passages by language; only languages that have passages."""

    @property
    def backgrounds(self) -> Mapping[str, Background]:
        """A sample of the passages of each language.

        It depends only on the keys of the passages that there are.
        """

    @property
    def sources(self) -> HeldLabels:
        """The sources of the articles that have passages."""

    @property
    def tags(self) -> HeldLabels:
        """The tags of the articles that have passages."""

    @property
    def days(self) -> tuple[int, int] | None:
        """The first and the last day on which articles were published; None if none has a date."""

    @property
    def notices(self) -> Sequence[Notice]:
        """What a reader of an answer has to know of this state."""

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""

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

    # What follows is asked for all languages together, because each trip to a server takes time.

    def search_each(
        self, question: Vectors, top_k: int, languages: Sequence[str], filters: Filter = NO_FILTER
    ) -> Mapping[str, Matches]:
        """Return what :meth:`search` finds in each of some languages, for one question.

        Args:
            question: a unit vector, shape (dim,), float32.
            top_k: how many passages to find in each language.
            languages: the languages.
            filters: conditions on the passages' articles.
        """

    def match_words_each(
        self, questions: Mapping[str, str], top_k: int, filters: Filter = NO_FILTER
    ) -> Mapping[str, Matches]:
        """Return what :meth:`match_words` finds in each of some languages.

        Args:
            questions: what is looked for, by language.
            top_k: how many passages to find in each language.
            filters: conditions on the passages' articles.
        """

    def read_vectors(self, keys: Keys) -> None:
        """Let views have the vectors and the sentences of passages of any language at hand."""

    def read_tokens(self, keys: Keys) -> None:
        """Let views have the tokens of passages of any language at hand."""

"""What a question's words count in each language, by the statistics of all passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.cluster.postgres import PostgresDatabase
from rag.cluster.term_counts import QuestionTerms, Statistics, TermCounts, scores
from rag.index.vector_index import Matches
from rag.records.passage import Keys


@dataclass(frozen=True)
class AskedWords:
    """The words of a question, and what each counts among the passages of one language.

    Attributes:
        terms: the words.
        rarities: what each term counts, shape (terms,).
        averages: the mean length of each field of the passages.
    """

    terms: QuestionTerms
    rarities: NDArray[np.float64]
    averages: NDArray[np.float64]

    def weights(self) -> dict[int, float]:
        """Return what each term counts that counts anything, by its number."""
        pairs = zip(self.terms.terms.tolist(), self.rarities.tolist(), strict=True)
        return {term: rarity for term, rarity in pairs if rarity > 0}

    def best(self, keys: Keys, passages: Sequence[TermCounts], top_k: int) -> Matches:
        """Return the passages whose words match best, without those that share none.

        Args:
            keys: the passages', shape (n,).
            passages: their terms.
            top_k: how many, at most.
        """
        matched = scores(self.terms, self.rarities, passages, self.averages)
        best = np.lexsort((keys, -matched))[:top_k]
        best = best[matched[best] > 0]
        return Matches(keys[best][None], matched[best][None])


def asked_words(
    database: PostgresDatabase,
    asked: Mapping[str, QuestionTerms],
    uncounted: Mapping[str, Sequence[TermCounts]],
) -> dict[str, AskedWords]:
    """Return a question's words with what they count, by language.

    Args:
        database: has the statistics.
        asked: the question's terms in each language.
        uncounted: passages that are in no statistics yet, by language.
    """
    statistics, holding = _statistics(database, list(asked)), _holding(database, asked)
    words = {}
    for language, terms in asked.items():
        new = uncounted.get(language, ())
        of_all = statistics.get(language, Statistics()) + Statistics.of(new)
        held = holding.get(language, {})
        for passage in new:
            for term in passage.terms[np.isin(passage.terms, terms.terms)].tolist():
                held[term] = held.get(term, 0) + 1
        rarities = terms.rarities(held, of_all.passages)
        words[language] = AskedWords(terms, rarities, of_all.averages)
    return words


def _statistics(database: PostgresDatabase, languages: Sequence[str]) -> dict[str, Statistics]:
    query = "SELECT language, passages, lengths FROM word_counts WHERE language = ANY(?)"
    rows = database.rows_of(query, [list(languages)])
    return {language: Statistics(passages, tuple(lengths)) for language, passages, lengths in rows}


def _holding(
    database: PostgresDatabase, asked: Mapping[str, QuestionTerms]
) -> dict[str, dict[int, int]]:
    """Return how many passages hold each of the question's terms, by language."""
    query = (
        "SELECT language, term, passages FROM term_counts WHERE (language, term) IN"
        ' (SELECT one COLLATE "C", other FROM'
        " unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS asked (one, other))"
    )
    languages = [each for each, terms in asked.items() for _ in range(len(terms.terms))]
    terms = [term for each in asked.values() for term in each.terms.tolist()]
    holding: dict[str, dict[int, int]] = {}
    for language, term, passages in database.rows_of(query, [languages, terms]):
        holding.setdefault(language, {})[term] = passages
    return holding

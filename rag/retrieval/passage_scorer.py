"""Scores of one language's passages for a question, on the scale that all languages share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embeddings import Vectors
from rag.index.background import Scores
from rag.index.late_interaction import QuestionTokens, best_matches
from rag.index.seam import LanguageView
from rag.records.passage import Keys, Starts
from rag.records.token_codes import steps_of
from rag.retrieval.date_boost import date_boost
from rag.retrieval.fairness import Scale, centred_cosines
from rag.retrieval.ranking_weights import RankingWeights
from rag.text.dates.periods import DayOfYear, Period


@dataclass(frozen=True)
class Candidate:
    """A passage that may answer the question.

    Attributes:
        key: the passage's.
        language: the passage's.
        score: what candidates are ranked by.
        parts: see :class:`tamngu.records.hit.Hit`.
        sentence_scores: the score that the passage would have with each of its sentences as the
            best one, shape (sentences,).
        match: the score by late interaction before it is standardised, -1 to 1; 0 without tokens.
        sampled: passages of its language that standardised it; 0 if it is not standardised.
    """

    key: int
    language: str
    score: float
    parts: dict[str, float]
    sentence_scores: Scores
    match: float = 0.0
    sampled: int = 0


@dataclass(frozen=True)
class Query:
    """What passages of every language are compared with.

    Attributes:
        vector: the question's, after subtracting its language's mean vector; a unit vector, shape
            (dim,).
        tokens: the question's, None where late interaction cannot be used.
        periods: that the question names, also days without their year.
        weights: of the parts of a score.
    """

    vector: Vectors
    tokens: QuestionTokens | None
    periods: Sequence[Period | DayOfYear]
    weights: RankingWeights


@dataclass(frozen=True)
class LanguageStats:
    """How one language's passages score for a question, measured on a sample of them.

    Attributes:
        passage_mean: mean vector of the passages, shape (dim,).
        sentence_mean: mean vector of their sentences, shape (dim,).
        dense: scale of the cosines of passages.
        sentence: scale of the cosines of best sentences.
        late: scale of late interaction, None without tokens.
        sampled: passages of the sample.
    """

    passage_mean: Vectors
    sentence_mean: Vectors
    dense: Scale
    sentence: Scale
    late: Scale | None
    sampled: int


@dataclass(frozen=True)
class Scored:
    """Passages that were scored by their sentences, with their standardised parts.

    Attributes:
        keys: shape (n,).
        dense: of the passages, shape (n,).
        sentences: of all their sentences in order, shape (m,).
        starts: where each passage's sentences begin and the last one's end, shape (n + 1,).
        sentence: of each passage's best sentence, shape (n,).
    """

    keys: Keys
    dense: Scores
    sentences: Scores
    starts: Starts
    sentence: Scores

    def each_sentence(self, values: Scores) -> Scores:
        """Repeat a value of each passage for each of its sentences, shape (m,)."""
        return np.repeat(values, np.diff(self.starts))


@dataclass(frozen=True)
class PassageScorer:
    """Scores passages of one language.

    Attributes:
        language: its code.
        view: its passages.
        stats: what its passages score for this question.
        query: what they are compared with.
        lexical_weight: what BM25 counts in this language.
    """

    language: str
    view: LanguageView
    stats: LanguageStats
    query: Query
    lexical_weight: float

    def best(self, keys: Keys, bm25: Mapping[int, float], count: int) -> Scored:
        """Return the best of some passages by their sentences, in no particular order.

        Args:
            keys: the passages', shape (n,).
            bm25: scores of those that share words with the question, by key.
            count: how many are wanted, besides a third as many by words.
        """
        return self._best(self._standardised(keys), bm25, count)

    def candidates(self, scored: Scored, bm25: Mapping[int, float]) -> list[Candidate]:
        """Return the best passages, looked at token by token, in no particular order.

        Args:
            scored: what :meth:`best` returned.
            bm25: as :meth:`best` takes it.
        """
        score, share, match, parts = self._with_late_interaction(scored)
        if bm25 and self.lexical_weight:
            lexical = np.array([bm25.get(k, 0.0) for k in scored.keys.tolist()], dtype=np.float32)
            parts["lexical"] = lexical
            score = score + _lexical_boost(score, lexical, self.lexical_weight)
        periods = self.query.periods
        if periods and (dated := date_boost(periods, self.view.days(scored.keys))).any():
            parts["dated"] = dated
            score = score + dated
        lost = scored.each_sentence(scored.sentence) - scored.sentences
        of_sentences = scored.each_sentence(score) - lost * scored.each_sentence(share)
        # Python's own numbers: taking them one by one out of arrays takes several times as long.
        ends = scored.starts.tolist()
        columns = (scored.keys.tolist(), score.tolist(), match.tolist(), ends[:-1], ends[1:])
        values = zip(*(part.tolist() for part in parts.values()), strict=True)
        return [
            Candidate(
                key,
                self.language,
                own,
                dict(zip(parts, each, strict=True)),
                of_sentences[first:last],
                matched,
                self.stats.sampled,
            )
            for (key, own, matched, first, last), each in zip(
                zip(*columns, strict=True), values, strict=True
            )
        ]

    def _standardised(self, keys: Keys) -> Scored:
        vector, stats = self.query.vector, self.stats
        dense = centred_cosines(self.view.vectors(keys), stats.passage_mean, vector)
        vectors, starts = self.view.sentences(keys)
        cosines = centred_cosines(vectors, stats.sentence_mean, vector)
        sentences = stats.sentence.standardise(cosines)
        best = np.maximum.reduceat(sentences, starts[:-1])
        return Scored(keys, stats.dense.standardise(dense), sentences, starts, best)

    def _best(self, scored: Scored, bm25: Mapping[int, float], count: int) -> Scored:
        """Keep the best by passage and sentence, and a third as many by words."""
        if len(scored.keys) <= count:
            return scored
        whole = _mixed(scored.dense, scored.sentence, self.query.weights.sentence)
        kept = np.zeros(len(whole), dtype=bool)
        kept[np.argpartition(-whole, count - 1)[:count]] = True
        by_words = sorted(bm25, key=lambda key: -bm25[key])[: count // 3]
        kept |= np.isin(scored.keys, by_words)
        sizes = np.diff(scored.starts)
        return replace(
            scored,
            keys=scored.keys[kept],
            dense=scored.dense[kept],
            sentences=scored.sentences[np.repeat(kept, sizes)],
            starts=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[kept])]),
            sentence=scored.sentence[kept],
        )

    def _with_late_interaction(
        self, scored: Scored
    ) -> tuple[Scores, Scores, Scores, dict[str, Scores]]:
        """Return scores, the share of the best sentence in them, matches, and parts."""
        weights, tokens = self.query.weights, self.query.tokens
        whole = _mixed(scored.dense, scored.sentence, weights.sentence)
        share = np.full(len(whole), weights.sentence, dtype=np.float32)
        parts = {"dense": scored.dense, "sentence": scored.sentence}
        if tokens is None or self.stats.late is None:
            return whole, share, np.zeros_like(whole), parts
        codes, starts = self.view.tokens(scored.keys)
        full = np.diff(starts) > 0
        match = tokens.weights @ best_matches(tokens, steps_of(codes), starts)
        late = self.stats.late.standardise(match)
        late[~full] = whole[~full]
        share[full] *= 1 - weights.late
        return _mixed(whole, late, weights.late), share, match, {**parts, "late": late}


def _lexical_boost(score: Scores, lexical: Scores, weight: float) -> Scores:
    """Return what words add to the scores: nothing to the candidate that is best with them.

    So words put the passages of one language in order. They do not lift that language above the
    others, which cannot share its words.
    """
    added = weight * lexical / (lexical.std() + np.float32(1e-3))
    return np.asarray(added - added[np.argmax(score + added)], dtype=np.float32)


def _mixed(one: Scores, other: Scores, weight: float) -> Scores:
    return np.asarray((1 - weight) * one + weight * other, dtype=np.float32)

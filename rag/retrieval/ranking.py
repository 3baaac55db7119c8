"""From an encoded question to ranked candidates of all languages.

The passages of each language that are nearest by vector are scored by their sentences, the best of
those by late interaction, and those of the question's own language also by words. Every part of a
score is standardised within its language (:mod:`rag.retrieval.fairness`). So parts can be added,
and languages can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from embeddings import Vectors
from embeddings.calibration.calibration import Calibration, Means, mean_of
from rag.index.background import Background, Scores
from rag.index.late_interaction import QuestionTokens, best_matches, question_tokens
from rag.index.seam import Snapshot
from rag.records.passage import Keys
from rag.retrieval.fairness import centred_cosines, own_means, scales
from rag.retrieval.passage_scorer import Candidate, LanguageStats, PassageScorer, Query, Scored
from rag.retrieval.question import EncodedQuestion
from rag.retrieval.ranking_weights import DEFAULT_WEIGHTS, RankingWeights
from rag.stages import stage
from rag.text.dates.periods import days_of_year_in, periods_in
from rag.text.names.matching import expansions
from rag.text.numbers.forms import number_forms
from tamngu.records.filter import Filter

NEAREST = 400
"""Passages of each language that are scored by their sentences. Of XQuAD's cross-language answers
among 5,000 unrelated passages a language, .9685 are among the best 100 when every passage is scored
by its sentences, .967 when the 500 nearest passages are, .964 when the 300 nearest are. Without
sentences .944 are among the 100 nearest."""

_BY_WORDS = 100
"""Passages of each language that words add to the nearest."""

_BY_TOKENS = 100
"""Passages of each language that are scored by late interaction."""

_SAME_IN_ALL_LANGUAGES = re.compile(r"\d[\d.,]*|[A-Z][\w-]*[A-Z\d][\w-]*")
"""Numbers, and words with several capitals or digits in them."""


def rank(
    snapshot: Snapshot,
    question: EncodedQuestion,
    calibration: Calibration,
    filters: Filter,
    top_k: int,
    weights: RankingWeights = DEFAULT_WEIGHTS,
) -> list[Candidate]:
    """Return candidates of all languages, best first.

    Args:
        snapshot: where to look.
        question: what is asked.
        calibration: of the encoder.
        filters: conditions on the passages' articles.
        top_k: candidates wanted; more are returned where there are more.
        weights: of the parts of a score.
    """
    query = _query(question, calibration, weights)
    stats = _stats(snapshot.backgrounds, query.vector, query.tokens, calibration)
    views = dict(sorted(snapshot.views.items()))
    with stage("vectors"):
        nearest = snapshot.search_each(query.vector, max(NEAREST, top_k), list(views), filters)
    with stage("words"):
        bm25 = _bm25(snapshot, question, list(views), filters, weights)
    keys = {
        language: np.union1d(
            nearest[language].keys[0], np.fromiter(bm25.get(language, ()), dtype=np.int64)
        )
        for language in views
    }
    snapshot.read_vectors(_joined(keys.values()))
    best: dict[str, tuple[PassageScorer, Scored]] = {}
    for language, view in views.items():
        if keys[language].size:
            own = language == question.language
            lexical_weight = weights.lexical if own else weights.crossing
            scorer = PassageScorer(language, view, stats[language], query, lexical_weight)
            words = bm25.get(language, {})
            best[language] = scorer, scorer.best(keys[language], words, max(_BY_TOKENS, top_k))
    snapshot.read_tokens(_joined(scored.keys for _, scored in best.values()))
    candidates = [
        candidate
        for language, (scorer, scored) in best.items()
        for candidate in scorer.candidates(scored, bm25.get(language, {}))
    ]
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.key))


def _query(question: EncodedQuestion, calibration: Calibration, weights: RankingWeights) -> Query:
    vector = question.vector - mean_of(calibration.questions, question.language)
    vector /= max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
    tokens = None
    if question.tokens is not None and calibration.tokens is not None and weights.late:
        tokens = question_tokens(question.tokens, question.language, calibration.tokens)
    named = (question.text, question.language)
    return Query(vector, tokens, [*periods_in(*named), *days_of_year_in(*named)], weights)


def _joined(keys: Iterable[Keys]) -> Keys:
    return np.concatenate([np.empty(0, dtype=np.int64), *keys])


def _bm25(
    snapshot: Snapshot,
    question: EncodedQuestion,
    languages: Sequence[str],
    filters: Filter,
    weights: RankingWeights,
) -> dict[str, dict[int, float]]:
    """Return the BM25 scores of passages that share words with the question, by language and key.

    In the question's own language all its words count. In another language only numbers, words
    that are written the same, and the forms that its names have there count. In both its large
    amounts and its days also count in the forms that the language writes them in.
    """
    if not weights.lexical:
        return {}
    words = {language: _words(question, language) for language in languages}
    asked = {language: " ; ".join(some) for language, some in words.items() if some}
    return {
        language: dict(zip(found.keys[0].tolist(), found.scores[0].tolist(), strict=True))
        for language, found in snapshot.match_words_each(asked, _BY_WORDS, filters).items()
    }


def _words(question: EncodedQuestion, language: str) -> list[str]:
    if language == question.language:
        words = [question.text]
    else:
        words = _SAME_IN_ALL_LANGUAGES.findall(question.text)
    words += expansions(question.text, language)
    words += number_forms(question.text, question.language, language)
    return words


def _stats(
    backgrounds: Mapping[str, Background],
    vector: Vectors,
    tokens: QuestionTokens | None,
    calibration: Calibration,
) -> dict[str, LanguageStats]:
    """Return how the sampled passages of each language score for a question."""
    passage_means: Means = calibration.passages or own_means(
        {language: each.passage_sum for language, each in backgrounds.items()},
        {language: len(each.passages) for language, each in backgrounds.items()},
    )
    sentence_means: Means = calibration.sentences or own_means(
        {language: each.sentence_sum for language, each in backgrounds.items()},
        {language: len(each.sentences) for language, each in backgrounds.items()},
    )
    dense: dict[str, Scores] = {}
    sentence: dict[str, Scores] = {}
    late: dict[str, Scores] = {}
    for language, each in backgrounds.items():
        passage_mean = mean_of(passage_means, language)
        dense[language] = centred_cosines(each.passages, passage_mean, vector)
        cosines = centred_cosines(each.sentences, mean_of(sentence_means, language), vector)
        sentence[language] = np.maximum.reduceat(cosines, each.starts[:-1])
        if tokens is not None:
            full = np.diff(each.token_starts) > 0
            if full.any():
                matches = best_matches(tokens, each.tokens, each.token_starts)
                late[language] = (tokens.weights @ matches)[full]
    of_dense, of_sentence, of_late = scales(dense), scales(sentence), scales(late)
    return {
        language: LanguageStats(
            mean_of(passage_means, language),
            mean_of(sentence_means, language),
            of_dense[language],
            of_sentence[language],
            of_late.get(language),
            len(each.passages),
        )
        for language, each in backgrounds.items()
    }

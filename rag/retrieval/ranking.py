"""From an encoded question to ranked candidates: found by language, scored part by part.

Of each language the passages nearest by vector are scored by their sentences, the best of those by
late interaction, and those of the question's own language by words too. Every part is standardised
within its language (:mod:`rag.retrieval.fairness`) before parts are added and languages meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embeddings import Vectors
from embeddings.calibration.calibration import Calibration, Means, mean_of
from rag.index.background import Background, Scores, Starts
from rag.index.late_interaction import QuestionTokens, best_matches, question_tokens, steps_of
from rag.index.snapshot import LanguageView, Snapshot
from rag.records.passage import Keys
from rag.retrieval.date_boost import ahead
from rag.retrieval.fairness import Scale, centred_cosines, own_means, scales
from rag.retrieval.question import EncodedQuestion
from rag.stages import stage
from rag.text.names import expansions
from rag.text.periods import Period, periods_in
from tamngu.records.filter import Filter

NEAREST = 400
"""Passages of each language that are scored by their sentences. Of XQuAD's cross-language answers
among 5,000 unrelated passages a language .9685 are among the best 100 of all passages so, .967
among the best 100 of the 500 nearest, .964 of the 300 nearest; .944 are among the 100 nearest."""

_BY_WORDS = 100
"""Passages of each language that words bring in."""

_CLOSELY = 100
"""Of each language, how many of the best are scored by late interaction."""

_WRITTEN_ALIKE = re.compile(r"\d[\d.,]*|[A-Z][\w-]*[A-Z\d][\w-]*")
"""Numbers, and words with several capitals or digits in them: the same in all three languages."""


@dataclass(frozen=True)
class Weights:
    """What each part counts; a part that is not to be had leaves its weight to the others.

    Tuned in coarse steps on questions of ViQuAD 2, CMRC 2018, DRCD and SQuADShifts, and on 160
    questions of our own that ask in another language about the same paragraphs.

    Attributes:
        sentence: of the best sentence, beside the passage as a whole.
        late: of late interaction, beside both.
        lexical: of BM25 in the question's own language, on top; a score one deviation above its
            fellow candidates counts so much.
        crossing: of BM25 in another language, of the question's names and numbers, likewise.
    """

    sentence: float = 0.6
    late: float = 0.6
    lexical: float = 0.3
    crossing: float = 0.1


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True)
class Candidate:
    """A passage on its way to the answer.

    Attributes:
        key: the passage's.
        language: the passage's.
        score: what it is ranked by.
        parts: see :class:`tamngu.records.hit.Hit`.
        sentence_scores: what it would score with each of its sentences as the best, shape (n,).
        match: its score by late interaction before it is standardised, -1 to 1; 0 without tokens.
    """

    key: int
    language: str
    score: float
    parts: dict[str, float]
    sentence_scores: Scores
    match: float = 0.0


@dataclass(frozen=True)
class _Lens:
    """How one language's passages look to a question."""

    passage_mean: Vectors
    sentence_mean: Vectors
    dense: Scale
    sentence: Scale
    late: Scale | None


@dataclass(frozen=True)
class _Scored:
    """Candidates of one language with their standardised parts, shape (n,) each."""

    keys: Keys
    dense: Scores
    sentences: Scores
    starts: Starts
    sentence: Scores


def rank(
    snapshot: Snapshot,
    question: EncodedQuestion,
    calibration: Calibration,
    chosen: Filter,
    k: int,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Candidate]:
    """Return the candidates of all languages, best first; more than ``k`` where there are."""
    vector = question.vector - mean_of(calibration.questions, question.language)
    vector /= max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
    late = None
    if question.tokens is not None and calibration.tokens is not None and weights.late:
        late = question_tokens(question.tokens, question.language, calibration.tokens)
    periods = periods_in(question.text)
    lenses = _lenses(snapshot.backgrounds, vector, late, calibration)
    candidates: list[Candidate] = []
    for language, view in sorted(snapshot.views.items()):
        with stage("vectors"):
            found = snapshot.search(vector[None], max(NEAREST, k), language, chosen).keys[0]
        with stage("words"):
            words = _words(snapshot, question, language, chosen, weights)
        keys = np.union1d(found, np.fromiter(words, np.int64, len(words)))
        if not keys.size:
            continue
        lens = lenses[language]
        scored = _best(_scored(view, keys, vector, lens), weights, words, max(_CLOSELY, k))
        by_words = weights.lexical if language == question.language else weights.crossing
        candidates += _candidates(
            language, view, scored, late, lens, words, weights, by_words, periods
        )
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.key))


def _words(
    snapshot: Snapshot, question: EncodedQuestion, language: str, chosen: Filter, weights: Weights
) -> dict[int, float]:
    """Return the BM25 of passages that words bring in: the question's own, and names' other forms.

    In another language only names and numbers are looked for.
    """
    if not weights.lexical:
        return {}
    if language == question.language:
        asked = [question.text]
    else:
        asked = _WRITTEN_ALIKE.findall(question.text)
    asked += expansions(question.text, language)
    if not asked:
        return {}
    found = snapshot.match_words(" ; ".join(asked), _BY_WORDS, language, chosen)
    return dict(zip(found.keys[0].tolist(), found.scores[0].tolist(), strict=True))


def _lenses(
    backgrounds: Mapping[str, Background],
    vector: Vectors,
    late: QuestionTokens | None,
    calibration: Calibration,
) -> dict[str, _Lens]:
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
    by_tokens: dict[str, Scores] = {}
    for language, each in backgrounds.items():
        passage_mean = mean_of(passage_means, language)
        dense[language] = centred_cosines(each.passages, passage_mean, vector)
        cosines = centred_cosines(each.sentences, mean_of(sentence_means, language), vector)
        sentence[language] = np.maximum.reduceat(cosines, each.starts[:-1])
        if late is not None:
            full = np.diff(each.token_starts) > 0
            if full.any():
                matches = best_matches(late, each.tokens, each.token_starts)
                by_tokens[language] = (late.weights @ matches)[full]
    of_dense, of_sentence = scales(dense), scales(sentence)
    of_tokens = scales(by_tokens)
    return {
        language: _Lens(
            mean_of(passage_means, language),
            mean_of(sentence_means, language),
            of_dense[language],
            of_sentence[language],
            of_tokens.get(language),
        )
        for language in backgrounds
    }


def _scored(view: LanguageView, keys: Keys, vector: Vectors, lens: _Lens) -> _Scored:
    dense = centred_cosines(view.vectors(keys), lens.passage_mean, vector)
    vectors, starts = view.sentences(keys)
    cosines = centred_cosines(vectors, lens.sentence_mean, vector)
    sentences = lens.sentence.standardise(cosines)
    best = np.maximum.reduceat(sentences, starts[:-1])
    return _Scored(keys, lens.dense.standardise(dense), sentences, starts, best)


def _best(scored: _Scored, weights: Weights, words: Mapping[int, float], count: int) -> _Scored:
    """Keep the best by passage and sentence, and a third as many by words."""
    if len(scored.keys) <= count:
        return scored
    whole = _mixed(scored.dense, scored.sentence, weights.sentence)
    kept = np.zeros(len(whole), dtype=bool)
    kept[np.argpartition(-whole, count - 1)[:count]] = True
    by_words = sorted(words, key=lambda key: -words[key])[: count // 3]
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


def _candidates(
    language: str,
    view: LanguageView,
    scored: _Scored,
    late: QuestionTokens | None,
    lens: _Lens,
    words: Mapping[int, float],
    weights: Weights,
    by_words: float,
    periods: Sequence[Period],
) -> list[Candidate]:
    whole = _mixed(scored.dense, scored.sentence, weights.sentence)
    # What a sentence takes from its passage's score, were it the best one.
    share = np.full(len(whole), weights.sentence, dtype=np.float32)
    parts = {"dense": scored.dense, "sentence": scored.sentence}
    score = whole
    match = np.zeros_like(whole)
    if late is not None and lens.late is not None:
        codes, starts = view.tokens(scored.keys)
        full = np.diff(starts) > 0
        matches = best_matches(late, steps_of(codes), starts)
        match = late.weights @ matches
        tokens = lens.late.standardise(match)
        tokens[~full] = whole[~full]
        parts["late"] = tokens
        score = _mixed(whole, tokens, weights.late)
        share[full] *= 1 - weights.late
    if words and by_words:
        lexical = np.array([words.get(key, 0.0) for key in scored.keys.tolist()], dtype=np.float32)
        parts["lexical"] = lexical
        score = score + _by_words(score, lexical, by_words)
    if periods and (dated := ahead(periods, view.days(scored.keys))).any():
        parts["dated"] = dated
        score = score + dated
    lost = np.repeat(scored.sentence, np.diff(scored.starts)) - scored.sentences
    of_sentences = np.repeat(score, np.diff(scored.starts)) - lost * np.repeat(
        share, np.diff(scored.starts)
    )
    return [
        Candidate(
            key,
            language,
            float(score[i]),
            {name: float(part[i]) for name, part in parts.items()},
            of_sentences[scored.starts[i] : scored.starts[i + 1]],
            float(match[i]),
        )
        for i, key in enumerate(scored.keys.tolist())
    ]


def _by_words(score: Scores, lexical: Scores, weight: float) -> Scores:
    """Return what words add to the scores: nothing to the one that is best with them.

    So they put the passages of the question's language in order, and do not lift that language
    above the others, which cannot share its words.
    """
    added = weight * lexical / (lexical.std() + np.float32(1e-3))
    return np.asarray(added - added[np.argmax(score + added)], dtype=np.float32)


def _mixed(one: Scores, other: Scores, weight: float) -> Scores:
    return np.asarray((1 - weight) * one + weight * other, dtype=np.float32)

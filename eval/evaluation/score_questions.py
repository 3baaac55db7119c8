"""Score the rankings of a gold set's questions, whichever system made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from eval.gold.gold_set import GoldQuestion
from eval.metrics.language_fairness import DEPTH, awrf, rank_distance, same_language_share
from eval.metrics.ranking_metrics import MIXED, SINGLE, measure
from eval.runs.run import AnswerScore, RankedText, Result

_KEPT_IDS = 100
"""Ids of a ranking that a run stores."""

_KEPT_CHARACTERS = 160
"""Characters of a text that a run stores."""


@dataclass(frozen=True)
class QuestionOutcome:
    """What one question found.

    Attributes:
        found: results in all languages, best first.
        single: ids of results within one language, best first, by language.
        took_ms: milliseconds of the search.
        confidence: of :mod:`rag.retrieval.confidence`; None if the ranking has no confidence.
        answer: score of the answer; None if the question was only searched for.
        single_confidence: of the results within one language, by language.
    """

    found: Sequence[RankedText]
    single: Mapping[str, Sequence[str]]
    took_ms: float
    confidence: float | None = None
    answer: AnswerScore | None = None
    single_confidence: Mapping[str, float] = field(default_factory=dict)


def score(
    questions: Sequence[GoldQuestion],
    outcomes: Sequence[QuestionOutcome],
    languages: Mapping[str, str],
) -> tuple[Result, ...]:
    """Score what each question found.

    Args:
        questions: of a gold set.
        outcomes: one per question.
        languages: of everything that answers a question, by id.
    """
    outcomes = [
        _without(question.left_out, outcome)
        for question, outcome in zip(questions, outcomes, strict=True)
    ]
    answerable = {
        question.id: (question, outcome)
        for question, outcome in zip(questions, outcomes, strict=True)
        if question.relevant
    }
    mixed = measure(
        MIXED,
        {name: _grades(question) for name, (question, _) in answerable.items()},
        {
            name: _scores([text.id for text in outcome.found])
            for name, (_, outcome) in answerable.items()
        },
    )
    single: dict[str, dict[str, dict[str, float]]] = {}
    for language in sorted({languages[r.article_id] for q in questions for r in q.relevant}):
        relevant = {
            name: grades
            for name, (question, _) in answerable.items()
            if (grades := _grades(question, language, languages))
        }
        runs = {name: _scores(answerable[name][1].single.get(language, ())) for name in relevant}
        for name, values in measure(SINGLE, relevant, runs).items():
            single.setdefault(name, {})[language] = values
    return tuple(
        _result(question, outcome, single.get(question.id, {}), mixed.get(question.id), languages)
        for question, outcome in zip(questions, outcomes, strict=True)
    )


def _without(left_out: Sequence[str], outcome: QuestionOutcome) -> QuestionOutcome:
    """Return an outcome without some of the texts that were found."""
    if not left_out:
        return outcome
    return replace(
        outcome,
        found=[text for text in outcome.found if text.id not in left_out],
        single={
            language: [name for name in ids if name not in left_out]
            for language, ids in outcome.single.items()
        },
    )


def _grades(
    question: GoldQuestion, language: str | None = None, languages: Mapping[str, str] = {}
) -> dict[str, int]:
    return {
        relevant.article_id: relevant.grade
        for relevant in question.relevant
        if language is None or languages[relevant.article_id] == language
    }


def _scores(ids: Sequence[str]) -> dict[str, float]:
    return {name: -float(rank) for rank, name in enumerate(ids)}


def _result(
    question: GoldQuestion,
    outcome: QuestionOutcome,
    single: dict[str, dict[str, float]],
    mixed: dict[str, float] | None,
    languages: Mapping[str, str],
) -> Result:
    relevant = {r.article_id: languages[r.article_id] for r in question.relevant}
    order = [text.language for text in outcome.found]
    values = dict(mixed or {})
    values[f"same_language_share@{DEPTH}"] = same_language_share(question.language, order)
    distance = rank_distance([text.id for text in outcome.found], relevant)
    if distance is not None:
        values["rank_distance"] = distance
        values[f"awrf@{DEPTH}"] = awrf(order, list(relevant.values()))
    return Result(
        id=question.id,
        text=question.text,
        language=question.language,
        cluster=question.cluster or question.id,
        tags=question.tags,
        relevant=relevant,
        found=tuple(
            RankedText(text.id, text.language, text.text[:_KEPT_CHARACTERS])
            for text in outcome.found[:DEPTH]
        ),
        order=tuple(text.id for text in outcome.found[:_KEPT_IDS]),
        single=single,
        mixed=values,
        confidence=outcome.confidence,
        answer=outcome.answer,
        single_confidence=dict(outcome.single_confidence),
        took_ms=round(outcome.took_ms, 2),
    )

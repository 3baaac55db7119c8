"""From what questions found to results: the one way of scoring, whatever made the rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.gold.gold_set import GoldQuestion
from eval.metrics.language_fairness import DEPTH, awrf, rank_distance, same_language_share
from eval.metrics.ranking import MIXED, SINGLE, measure
from eval.runs.run import AnswerScore, Place, Result

_KEPT = 100
"""Ids that a run keeps of a ranking."""

_SNIPPET = 160
"""Characters of a text that a run keeps of it."""


@dataclass(frozen=True)
class Ranked:
    """What one question found.

    Attributes:
        places: of all languages, best first.
        single: ids within one language, best first, by language.
        took_ms: for finding.
        confidence: of :mod:`rag.retrieval.confidence`; None where the ranking has none.
        answer: what the answer is worth; None where nothing was asked.
    """

    places: Sequence[Place]
    single: Mapping[str, Sequence[str]]
    took_ms: float
    confidence: float | None = None
    answer: AnswerScore | None = None


def score(
    questions: Sequence[GoldQuestion], ranked: Sequence[Ranked], languages: Mapping[str, str]
) -> tuple[Result, ...]:
    """Measure each question's ranking.

    Args:
        questions: of a gold set.
        ranked: what each of them found.
        languages: of everything that answers a question, by id.
    """
    answerable = {
        question.id: (question, found)
        for question, found in zip(questions, ranked, strict=True)
        if question.relevant
    }
    mixed = measure(
        MIXED,
        {name: _grades(question) for name, (question, _) in answerable.items()},
        {
            name: _scores([place.id for place in found.places])
            for name, (_, found) in answerable.items()
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
        _result(question, found, single.get(question.id, {}), mixed.get(question.id), languages)
        for question, found in zip(questions, ranked, strict=True)
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
    found: Ranked,
    single: dict[str, dict[str, float]],
    mixed: dict[str, float] | None,
    languages: Mapping[str, str],
) -> Result:
    relevant = {r.article_id: languages[r.article_id] for r in question.relevant}
    order = [place.language for place in found.places]
    values = dict(mixed or {})
    values[f"same_language_share@{DEPTH}"] = same_language_share(question.language, order)
    distance = rank_distance([place.id for place in found.places], relevant)
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
            Place(place.id, place.language, place.text[:_SNIPPET]) for place in found.places[:DEPTH]
        ),
        order=tuple(place.id for place in found.places[:_KEPT]),
        single=single,
        mixed=values,
        confidence=found.confidence,
        answer=found.answer,
        took_ms=round(found.took_ms, 2),
    )

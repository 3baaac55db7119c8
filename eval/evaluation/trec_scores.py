"""Scoring a run file that some system made."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from eval.gold.gold_set import GoldQuestion, GoldSet, Relevant, check
from eval.metrics.scoring import Ranked, score
from eval.runs.run import BadRun, Place, Run
from eval.runs.trec import Judged, Scored

_ANY = "any"
"""The language of what judgements alone do not tell."""


def gold_of(path: Path, judged: Judged) -> GoldSet:
    """Return judgements as a gold set: questions without text, in no language."""
    return check(
        GoldSet(
            f"qrels:{path}",
            tuple(
                GoldQuestion(
                    question,
                    "",
                    _ANY,
                    tuple(Relevant(name, grade=grade) for name, grade in grades.items()),
                )
                for question, grades in judged.items()
            ),
        )
    )


def run_of(gold: GoldSet, path: Path, found: Scored) -> Run:
    """Score a run file's rankings.

    Equal scores are ordered as trec_eval does, the larger id first. A question that the file lacks
    found nothing, and counts.

    Raises:
        BadRun: the file ranks for questions, or finds texts, that the gold set does not have: it
            is of another collection; or it is of a gold set about a collection's articles.
    """
    if gold.texts is None and not gold.spec.startswith("qrels:"):
        raise BadRun(f"{gold.spec} brings no texts; score it by its qrels (tamngu eval qrels).")
    languages = _languages(gold)
    known = {question.id for question in gold.questions}
    strange = found.keys() - known
    if strange:
        raise BadRun(
            f"{path} ranks for {len(strange)} questions that {gold.spec} does not have, "
            f"{min(strange)!r} first."
        )
    if gold.texts is not None:
        unknown = {name for scores in found.values() for name in scores} - languages.keys()
        if unknown:
            raise BadRun(
                f"{path} finds {len(unknown)} texts that {gold.spec} does not have, "
                f"{min(unknown)!r} first: it is of another collection."
            )
    ranked = [_ranked(found.get(question.id, {}), languages) for question in gold.questions]
    state = {"name": str(path), "unanswered": str(len(known - found.keys()))}
    results = score(gold.questions, ranked, languages)
    return Run(gold.spec, gold.digest, "", path.stem, {}, state, results, 0.0, version("tamngu"))


def _languages(gold: GoldSet) -> dict[str, str]:
    if gold.texts is not None:
        return {text.name: text.language for text in gold.texts}
    return {r.article_id: _ANY for question in gold.questions for r in question.relevant}


def in_order(scores: Mapping[str, float]) -> list[str]:
    """Return what was found, best first; of equal scores trec_eval puts the larger id first.

    >>> in_order({"a": 1.0, "b": 2.0, "c": 1.0})
    ['b', 'c', 'a']
    """
    return sorted(sorted(scores, reverse=True), key=lambda name: -scores[name])


def _ranked(scores: Mapping[str, float], languages: Mapping[str, str]) -> Ranked:
    places = [Place(name, languages.get(name, _ANY)) for name in in_order(scores)]
    single: dict[str, list[str]] = {}
    for place in places:
        single.setdefault(place.language, []).append(place.id)
    return Ranked(places, single, 0.0)

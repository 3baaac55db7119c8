"""Score a TREC run file of any system."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from eval.evaluation.score_questions import QuestionOutcome, score
from eval.gold.gold_set import GoldQuestion, GoldSet, Relevant, check
from eval.runs.run import BadRun, RankedText, Run
from eval.runs.trec import Judged, Scored

_ANY = "any"
"""Stands for the language of questions and documents, which judgements do not give."""


def gold_of_judgements(path: Path, judged: Judged) -> GoldSet:
    """Make a gold set of judgements: questions without text and language."""
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


def score_run_file(gold: GoldSet, path: Path, found: Scored) -> Run:
    """Score a run file's rankings.

    Of equal scores, the larger id is first, as in trec_eval. A question that the file lacks counts
    as a question that found nothing.

    Args:
        gold: with its own texts, or made of judgements.
        path: of the run file, for messages.
        found: the run file's contents.

    Raises:
        BadRun: the file has questions or texts that the gold set does not have, because it is of
            another collection; or the gold set is about a collection's articles.
    """
    if gold.texts is None and not gold.spec.startswith("qrels:"):
        raise BadRun(
            f"{gold.spec} has no texts of its own; score by its qrels (tamngu eval qrels)."
        )
    languages = _languages(gold)
    known = {question.id for question in gold.questions}
    unknown = found.keys() - known
    if unknown:
        raise BadRun(
            f"{path} has questions that {gold.spec} does not have, such as {min(unknown)!r} "
            f"({len(unknown)} in total)."
        )
    if gold.texts is not None:
        texts = {text.id for text in gold.texts}
        unknown = {name for scores in found.values() for name in scores} - texts
        if unknown:
            raise BadRun(
                f"{path} has texts that {gold.spec} does not have, such as {min(unknown)!r} "
                f"({len(unknown)} in total): it is a run on another collection."
            )
    outcomes = [_outcome(found.get(question.id, {}), languages) for question in gold.questions]
    state = {"name": str(path), "unanswered": str(len(known - found.keys()))}
    results = score(gold.questions, outcomes, languages)
    return Run(gold.spec, gold.digest, "", path.stem, {}, state, results, 0.0, version("tamngu"))


def _languages(gold: GoldSet) -> dict[str, str]:
    if gold.texts is not None:
        return gold.languages
    return {r.article_id: _ANY for question in gold.questions for r in question.relevant}


def in_order(scores: Mapping[str, float]) -> list[str]:
    """Return ids by score, best first; of equal scores the larger id first, as in trec_eval.

    >>> in_order({"a": 1.0, "b": 2.0, "c": 1.0})
    ['b', 'c', 'a']
    """
    return sorted(sorted(scores, reverse=True), key=lambda name: -scores[name])


def _outcome(scores: Mapping[str, float], languages: Mapping[str, str]) -> QuestionOutcome:
    found = [RankedText(name, languages.get(name, _ANY)) for name in in_order(scores)]
    single: dict[str, list[str]] = {}
    for text in found:
        single.setdefault(text.language, []).append(text.id)
    return QuestionOutcome(found, single, 0.0)

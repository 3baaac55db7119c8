"""The probability that the best passage answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from rag.retrieval.fusion import added_by_reading
from rag.retrieval.log_odds import log_odds
from rag.retrieval.passage_scorer import Candidate

_ENOUGH = 200
"""Passages of a language from which on :attr:`ConfidenceFeatures.few` is 0. Chosen on our own
held-out questions (``python -m eval.fitting.reading``) by the mean calibration error of the curves
with reading on passages that they have not seen: .073 with 200, .079 with 100, .075 with 512."""


@dataclass(frozen=True)
class ConfidenceFeatures:
    """What tells a question that the collection answers from one that it does not answer.

    The distance to the second candidate is left out on purpose, because a collection may tell a
    story once or in three languages.

    Attributes:
        score: of the best candidate, without what its date, its provision and its reading added.
        dense: the part of its passage.
        sentence: the part of its best sentence.
        late: the part of late interaction; the score where there is no such part.
        match: see :class:`rag.retrieval.passage_scorer.Candidate`.
        read: the highest log-odds that a passage which was read holds the answer; 0 if none was.
        few: how many times fewer passages than 200 its language has, as a natural logarithm; 0
            from 200 on. The fewer passages there are, the fewer standard deviations above their
            mean the best one can be, however well it answers.
    """

    score: float
    dense: float
    sentence: float
    late: float
    match: float
    read: float = 0.0
    few: float = 0.0


@dataclass(frozen=True)
class Curve:
    """A logistic curve over the features."""

    intercept: float
    coefficients: ConfidenceFeatures

    def probability(self, features: ConfidenceFeatures) -> float:
        """Return the probability, 0 to 1, that the collection holds the answer."""
        weighted = zip(astuple(self.coefficients), astuple(features), strict=True)
        odds = self.intercept + sum(weight * feature for weight, feature in weighted)
        return 1 / (1 + math.exp(-min(max(odds, -50), 50)))


@dataclass(frozen=True)
class Curves:
    """The curves by the languages of the question and of the best candidate.

    A question is less like a passage of another language than like its translation. So the same
    features mean less within a language than across languages. Where passages of all languages are
    candidates, the best one is more often of another language if no passage answers: there are
    more languages for a chance likeness.

    Attributes:
        within: where both are in one language.
        across: where they are in two, and no candidate is in the question's language.
        beside: where they are in two, and others of the candidates are in the question's language.
    """

    within: Curve
    across: Curve
    beside: Curve


BY_NUMBER = 0.7
"""The least confidence where a question asks for a numbered part of a law that the best hit has.
Its words say nothing to a model. Chosen manually, not tuned: another law may be meant."""

WITHOUT_READING = Curves(
    within=Curve(
        -11.411,
        ConfidenceFeatures(score=10.219, dense=-2.003, sentence=-1.812, late=-5.998, match=15.778),
    ),
    across=Curve(
        -9.710,
        ConfidenceFeatures(
            score=8.174, dense=-1.542, sentence=-1.107, late=-4.622, match=13.014, few=0.875
        ),
    ),
    beside=Curve(
        -11.438,
        ConfidenceFeatures(
            score=10.091, dense=-1.450, sentence=-1.537, late=-5.891, match=12.430, few=1.102
        ),
    ),
)
"""Where nothing was read.

``python -m eval.fitting.confidence`` made the curve within a language. Its data are paragraphs and
questions of ViQuAD 2, CMRC 2018, DRCD and SQuADShifts; half of the questions had the paragraph that
answers them removed. Questions of our own that ask in another language counted a tenth. Fitted on
the questions about one half of the paragraphs, it tells answered from unanswered questions about
the other half with an AUROC of .963 and an expected calibration error of .024.

``python -m eval.fitting.reading --every 7`` made the other two curves, on our own held-out
questions with their passage and without it, in collections of 14 to 2,010 passages.
"""

WITH_READING = Curves(
    within=Curve(
        -4.985,
        ConfidenceFeatures(
            score=2.084,
            dense=-0.202,
            sentence=0.029,
            late=-1.187,
            match=2.053,
            read=1.311,
            few=1.034,
        ),
    ),
    across=Curve(
        -5.877,
        ConfidenceFeatures(
            score=4.471,
            dense=-0.889,
            sentence=-0.460,
            late=-2.411,
            match=5.991,
            read=1.406,
            few=0.836,
        ),
    ),
    beside=Curve(
        -6.886,
        ConfidenceFeatures(
            score=7.136,
            dense=-1.075,
            sentence=-1.264,
            late=-3.856,
            match=5.241,
            read=1.595,
            few=1.040,
        ),
    ),
)
"""Where the best candidates were read.

``python -m eval.fitting.reading --every 7`` made them, on our own held-out questions in all nine
pairs of languages, in collections of 14 to 2,010 passages, and on some of CMRC 2018 and
SQuADShifts: asked with their passage and without it. Near misses of our own count a tenth.
"""


def features_of(ranked: Sequence[Candidate]) -> ConfidenceFeatures:
    """Return the features of a ranking with at least one candidate, the best first."""
    best = ranked[0]
    # The baselines have other parts.
    parts = {name: best.parts.get(name, best.score) for name in ("dense", "sentence", "late")}
    read = [each.parts["answerable"] for each in ranked if "answerable" in each.parts]
    # Its date, or the number of a provision, does not say how well an article answers.
    added = best.parts.get("dated", 0.0) + best.parts.get("provision", 0.0)
    return ConfidenceFeatures(
        score=best.score - added - added_by_reading(best),
        match=best.match,
        read=log_odds(max(read)) if read else 0.0,
        few=math.log(_ENOUGH / best.sampled) if 0 < best.sampled < _ENOUGH else 0.0,
        **parts,
    )


def confidence(ranked: Sequence[Candidate], language: str, *, in_own: bool) -> float:
    """Return the probability, 0 to 1, that the collection holds the answer.

    0 where nothing was found.

    Args:
        ranked: candidates, best first.
        language: of the question.
        in_own: whether any candidate of the ranking, also one that is not in ``ranked``, is in the
            question's language.
    """
    if not ranked:
        return 0.0
    best = ranked[0]
    curves = WITH_READING if "answerable" in best.parts else WITHOUT_READING
    if best.language == language:
        curve = curves.within
    else:
        curve = curves.beside if in_own else curves.across
    return round(curve.probability(features_of(ranked)), 4)

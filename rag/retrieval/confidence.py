"""The probability that the best passage answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from rag.retrieval.fusion import added_by_reading
from rag.retrieval.log_odds import log_odds
from rag.retrieval.passage_scorer import Candidate


@dataclass(frozen=True)
class ConfidenceFeatures:
    """What tells a question that the collection answers from one that it does not answer.

    Two features are left out on purpose: the distance to the second candidate, because a collection
    may tell a story once or in three languages, and the number of passages. Features with the
    number of passages, fitted on a large collection, had a calibration error (ECE) of .33 on a
    small one; these features had .08.

    Attributes:
        score: of the best candidate, without what its date, its provision and its reading added.
        dense: the part of its passage.
        sentence: the part of its best sentence.
        late: the part of late interaction; the score where there is no such part.
        match: see :class:`rag.retrieval.passage_scorer.Candidate`.
        read: the highest log-odds that a passage which was read holds the answer; 0 if none was.
        crosses: 1 if the best candidate is in another language than the question, else 0.
    """

    score: float
    dense: float
    sentence: float
    late: float
    match: float
    read: float = 0.0
    crosses: float = 0.0


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


BY_NUMBER = 0.7
"""The least confidence where a question asks for a numbered part of a law that the best hit has.
Its words say nothing to a model. Chosen manually, not tuned: another law may be meant."""

WITHOUT_READING = Curve(
    -11.411,
    ConfidenceFeatures(score=10.219, dense=-2.003, sentence=-1.812, late=-5.998, match=15.778),
)
"""Where nothing was read.

Its data are paragraphs and questions of ViQuAD 2, CMRC 2018, DRCD and SQuADShifts; half of the
questions had the paragraph that answers them removed. Questions of our own that ask in another
language count a tenth. Fitted on the questions about one half of the paragraphs, it tells answered
from unanswered questions about the other half with an AUROC of .963 and an expected calibration
error of .024, where question and paragraph are in one language.
"""

WITH_READING = Curve(
    -2.239,
    ConfidenceFeatures(
        score=2.632,
        dense=-0.356,
        sentence=-0.481,
        late=-1.654,
        match=3.517,
        read=0.844,
        crosses=0.390,
    ),
)
"""Where the best candidates were read.

``python -m eval.fitting.reading`` makes it, on our own held-out questions in all nine pairs of
languages, in a large collection and in small ones: asked with their passage, without it, and near
misses that the passage does not answer.
"""


def features_of(ranked: Sequence[Candidate], language: str) -> ConfidenceFeatures:
    """Return the features of a ranking with at least one candidate, the best first.

    Args:
        ranked: the candidates.
        language: of the question.
    """
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
        crosses=float(best.language != language),
        **parts,
    )


def confidence(ranked: Sequence[Candidate], language: str) -> float:
    """Return the probability, 0 to 1, that the collection holds the answer.

    0 where nothing was found.

    Args:
        ranked: candidates, best first.
        language: of the question.
    """
    if not ranked:
        return 0.0
    curve = WITH_READING if "answerable" in ranked[0].parts else WITHOUT_READING
    return round(curve.probability(features_of(ranked, language)), 4)

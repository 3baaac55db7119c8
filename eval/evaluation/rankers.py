"""Ways to rank a pool's passages, which ``tamngu eval run --ablate`` compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from embeddings.calibration.calibration import Calibration
from rag.index.seam import Snapshot
from rag.retrieval.baselines import rank_by_baseline
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import EncodedQuestion
from rag.retrieval.ranking import rank
from rag.retrieval.ranking_weights import DEFAULT_WEIGHTS, RankingWeights
from tamngu.records.filter import NO_FILTER

_CANDIDATES = 100
"""Candidates of each language."""

_MAX_DENSE_CANDIDATES = 1000


@dataclass(frozen=True)
class Ranker:
    """A way to rank.

    Attributes:
        rank: returns a question's candidates, best first.
        as_typed: see :func:`rag.retrieval.question.encode_questions`.
        reads: whether the best candidates are then read, where there is a reader.
    """

    rank: Callable[[Snapshot, EncodedQuestion, Calibration], list[Candidate]]
    as_typed: bool = False
    reads: bool = False


def hybrid_ranker(weights: RankingWeights, *, centred: bool = True, reads: bool = False) -> Ranker:
    """Return the hybrid ranking with other weights.

    Args:
        weights: of the parts of the score.
        centred: subtract each language's mean vector from the vectors.
        reads: read the best candidates, where there is a reader.
    """

    def rank_candidates(
        snapshot: Snapshot, question: EncodedQuestion, calibration: Calibration
    ) -> list[Candidate]:
        if not centred:
            calibration = _without_means(calibration)
        return rank(snapshot, question, calibration, NO_FILTER, _CANDIDATES, weights)

    return Ranker(rank_candidates, reads=reads)


def _without_means(calibration: Calibration) -> Calibration:
    """Return a calibration that subtracts nothing from vectors; tokens keep their means."""
    zero = np.zeros_like(next(iter(calibration.questions.values())))
    return Calibration({"en": zero}, {"en": zero}, {"en": zero}, calibration.tokens)


def _dense(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    count = min(max(snapshot.languages().values()), _MAX_DENSE_CANDIDATES)
    return rank_by_baseline(snapshot, question, "dense", NO_FILTER, count)


def _bm25(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    return rank_by_baseline(snapshot, question, "bm25", NO_FILTER, _CANDIDATES)


RANKERS: Mapping[str, Ranker] = {
    "dense": Ranker(_dense, as_typed=True),
    "bm25": Ranker(_bm25, as_typed=True),
    "passages": hybrid_ranker(RankingWeights(sentence=0, late=0, lexical=0)),
    "passages, sentences": hybrid_ranker(RankingWeights(late=0, lexical=0)),
    "passages, sentences, late": hybrid_ranker(RankingWeights(lexical=0)),
    "hybrid": hybrid_ranker(DEFAULT_WEIGHTS, reads=True),
    "hybrid without late": hybrid_ranker(RankingWeights(late=0), reads=True),
    "hybrid without means": hybrid_ranker(DEFAULT_WEIGHTS, centred=False, reads=True),
}
"""Rankers by name: ``dense`` is the baseline, ``hybrid`` the default."""

WITHOUT_READING: Mapping[str, Ranker] = {"hybrid without reading": hybrid_ranker(DEFAULT_WEIGHTS)}
"""A ranker that differs from ``hybrid`` only where there is a reader."""

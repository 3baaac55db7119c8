"""How well confidence separates answerable questions from unanswerable ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.metrics.calibration_error import calibration_error

THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Values of ``--abstain-below`` that the report shows."""


def abstention(confidence: Sequence[float], answerable: Sequence[bool]) -> dict[str, Any]:
    """Return how well confidence separates the two kinds, and the effect of each threshold.

    ``auroc`` is there only if there are questions of both kinds. ``ece`` is the expected
    calibration error. ``thresholds`` gives for each threshold the share of unanswerable questions
    that get no answer (``recall``), the share of unanswerable questions among those that get no
    answer (``precision``), and the share of answerable questions that get no answer (``false``).

    Args:
        confidence: 0 to 1, one per question.
        answerable: whether the question has an answer.
    """
    confidences = np.asarray(confidence, dtype=np.float64)
    answered = np.asarray(answerable, dtype=bool)
    found: dict[str, Any] = {
        "answerable": int(answered.sum()),
        "unanswerable": int((~answered).sum()),
        **separation(confidence, answerable),
    }
    found["thresholds"] = {
        f"{threshold:g}": _at_threshold(threshold, confidences, answered)
        for threshold in THRESHOLDS
    }
    return found


def separation(confidence: Sequence[float], answerable: Sequence[bool]) -> dict[str, float]:
    """Return ``auroc``, if there are questions of both kinds, and ``ece``; see :func:`abstention`.

    Args:
        confidence: 0 to 1, one per question.
        answerable: whether the question has an answer.
    """
    confidences = np.asarray(confidence, dtype=np.float64)
    answered = np.asarray(answerable, dtype=bool)
    found = {}
    if answered.any() and not answered.all():
        from sklearn.metrics import roc_auc_score

        found["auroc"] = round(float(roc_auc_score(answered, confidences)), 4)
    return found | {"ece": round(calibration_error(confidences, answered), 4)}


def _at_threshold(
    threshold: float, confidences: NDArray[np.float64], answered: NDArray[np.bool_]
) -> Mapping[str, float]:
    abstained = confidences < threshold
    return {
        "recall": _share(abstained[~answered]),
        "precision": _share(~answered[abstained]),
        "false": _share(abstained[answered]),
    }


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0


def risk_coverage(
    confidence: Sequence[float], right: Sequence[bool]
) -> tuple[list[float], list[float]]:
    """Return coverage and risk at each confidence: only more confident answers are given.

    Coverage is the share of questions that are answered. Risk is the share of wrong answers among
    them (El-Yaniv and Wiener, 2010). Questions of equal confidence form one point.

    >>> risk_coverage([0.9, 0.8, 0.1], [True, False, True])
    ([0.3333, 0.6667, 1.0], [0.0, 0.5, 0.3333])
    """
    confidences = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    changes = np.diff(confidences[order]) != 0
    is_last = np.append(changes, True) if len(confidences) else np.empty(0, dtype=bool)
    last = np.flatnonzero(is_last).tolist()
    coverage = [round((place + 1) / len(confidences), 4) for place in last]
    risk = [round(float(wrong[place]) / (place + 1), 4) for place in last]
    return coverage, risk


def area_under_risk(coverage: Sequence[float], risk: Sequence[float]) -> float:
    """Return the area under the risk-coverage curve; 0 is best.

    >>> area_under_risk([0.5, 1.0], [0.0, 0.5])
    0.25
    """
    widths = np.diff(np.concatenate([[0.0], np.asarray(coverage, dtype=np.float64)]))
    return round(float((widths * np.asarray(risk)).sum()), 4)


def reliability(
    confidence: Sequence[float], answerable: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return each bin's mean confidence, share of answerable questions, and number of questions.

    Empty bins are left out.
    """
    confidences = np.asarray(confidence, dtype=np.float64)
    answered = np.asarray(answerable, dtype=bool)
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    return [
        (
            round(float(confidences[places == place].mean()), 4),
            round(float(answered[places == place].mean()), 4),
            int((places == place).sum()),
        )
        for place in np.unique(places).tolist()
    ]

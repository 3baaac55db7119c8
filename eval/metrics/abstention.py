"""Whether confidence tells questions that are answered from those that cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.metrics.calibration_error import calibration_error

THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Of confidence; what ``--abstain-below`` might be."""


def abstention(confidence: Sequence[float], answerable: Sequence[bool]) -> dict[str, Any]:
    """Return how well confidence tells, and what each threshold would do.

    ``auroc`` only where there are questions of both kinds. ``thresholds`` gives for each the share
    of unanswerable questions that are abstained from (``recall``), the share of abstentions that
    are right (``precision``), and the share of answerable questions lost (``false``).
    """
    sure = np.asarray(confidence, dtype=np.float64)
    answered = np.asarray(answerable, dtype=bool)
    found: dict[str, Any] = {
        "answerable": int(answered.sum()),
        "unanswerable": int((~answered).sum()),
    }
    if answered.any() and not answered.all():
        from sklearn.metrics import roc_auc_score

        found["auroc"] = round(float(roc_auc_score(answered, sure)), 4)
    found["ece"] = round(calibration_error(sure, answered), 4)
    found["thresholds"] = {
        f"{threshold:g}": _at(threshold, sure, answered) for threshold in THRESHOLDS
    }
    return found


def _at(
    threshold: float, sure: NDArray[np.float64], answered: NDArray[np.bool_]
) -> Mapping[str, float]:
    abstained = sure < threshold
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
    """Return coverage and risk when only the surest answers are given, one more each time.

    Coverage is the share of questions answered, risk the share of those answers that are wrong
    (El-Yaniv and Wiener, 2010). Questions of equal confidence come together.

    >>> risk_coverage([0.9, 0.8, 0.1], [True, False, True])
    ([0.3333, 0.6667, 1.0], [0.0, 0.5, 0.3333])
    """
    sure = np.asarray(confidence, dtype=np.float64)
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    ends = np.append(np.diff(sure[order]) != 0, True) if len(sure) else np.empty(0, dtype=bool)
    last = np.flatnonzero(ends).tolist()
    coverage = [round((place + 1) / len(sure), 4) for place in last]
    risk = [round(float(wrong[place]) / (place + 1), 4) for place in last]
    return coverage, risk


def area_under_risk(coverage: Sequence[float], risk: Sequence[float]) -> float:
    """Return the mean risk over all coverages; 0 is best.

    >>> area_under_risk([0.5, 1.0], [0.0, 0.5])
    0.25
    """
    widths = np.diff(np.concatenate([[0.0], np.asarray(coverage, dtype=np.float64)]))
    return round(float((widths * np.asarray(risk)).sum()), 4)


def reliability(
    confidence: Sequence[float], answerable: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return the mean confidence, the share that is answerable, and the count of each full bin."""
    sure = np.asarray(confidence, dtype=np.float64)
    answered = np.asarray(answerable, dtype=bool)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        (
            round(float(sure[places == place].mean()), 4),
            round(float(answered[places == place].mean()), 4),
            int((places == place).sum()),
        )
        for place in np.unique(places).tolist()
    ]

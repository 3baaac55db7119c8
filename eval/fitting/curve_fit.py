"""Fit a curve of :mod:`rag.retrieval.confidence`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.confidence import ConfidenceFeatures, Curve

_STRENGTH = 10.0
"""Inverse of the strength of the penalty on coefficients of standardised features. Chosen manually,
not tuned: there are hundreds of questions for each coefficient."""


def fit(
    features: Sequence[ConfidenceFeatures],
    answered: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> Curve:
    """Return the logistic curve that tells answered questions from unanswered ones best.

    Args:
        features: of n questions.
        answered: whether the passage that answers it was there, shape (n,).
        weights: what each question counts, shape (n,).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rows = np.array([astuple(each) for each in features])
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=_STRENGTH)
    model.fit(scaler.transform(rows), answered, sample_weight=weights)
    coefficients = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - (coefficients * scaler.mean_).sum())
    return Curve(intercept, ConfidenceFeatures(*coefficients.tolist()))


def constants(curve: Curve) -> str:
    """Return a curve as it is written in :mod:`rag.retrieval.confidence`."""
    values = zip(fields(ConfidenceFeatures), astuple(curve.coefficients), strict=True)
    named = ", ".join(f"{field.name}={value:.3f}" for field, value in values if value)
    return f"Curve({curve.intercept:.3f}, ConfidenceFeatures({named}))"

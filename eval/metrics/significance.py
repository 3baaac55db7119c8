"""Statistical significance of a difference between two runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 9999
_SEED = 20_230_611


def randomisation_p(differences: Sequence[float], resamples: int = RESAMPLES) -> float:
    """Return the two-sided p-value of paired differences under a mean of 0.

    Paired randomisation (Smucker, Allan and Carterette, 2007): if the runs do not differ, each
    difference could equally have the other sign. Signs are drawn with a fixed seed. If there are
    few pairs, all combinations of signs are tried.

    Args:
        differences: of independent questions, shape (n,).
        resamples: number of draws, if there are more combinations than this.

    >>> randomisation_p([1.0] * 3)
    0.25
    """
    from scipy.stats import permutation_test

    values = np.asarray(differences, dtype=np.float64)
    values = values[values != 0]  # A tie has no sign.
    if len(values) < 2:
        return 1.0  # Either sign is equally likely.
    tested = permutation_test(
        (values,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        n_resamples=resamples,
        vectorized=True,
        batch=500,
        rng=np.random.default_rng(_SEED),
    )
    return min(1.0, float(tested.pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for multiple comparisons (Holm, 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    corrected = np.empty(len(p_values))
    largest = 0.0
    for place, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[i]))
        corrected[i] = largest
    return [round(float(value), 10) for value in corrected]

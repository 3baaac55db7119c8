"""How far probabilities are from the observed frequencies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def calibration_error(
    probabilities: NDArray[np.float64], labels: NDArray[np.bool_], bins: int = 10
) -> float:
    """Return the expected calibration error over bins of equal width (Guo et al., 2017).

    Args:
        probabilities: 0 to 1, shape (n,).
        labels: what came true, shape (n,).
        bins: number of bins.
    """
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(probabilities[places == place].mean() - labels[places == place].mean())
            * (places == place).mean()
            for place in np.unique(places)
        )
    )

"""How far probabilities are from what comes true."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def calibration_error(
    found: NDArray[np.float64], labels: NDArray[np.bool_], bins: int = 10
) -> float:
    """Return the expected calibration error over equal bins (Guo et al., 2017)."""
    places = np.minimum((found * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(found[places == place].mean() - labels[places == place].mean())
            * (places == place).mean()
            for place in np.unique(places)
        )
    )

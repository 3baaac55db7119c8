from __future__ import annotations

from itertools import product
from statistics import mean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.significance import holm, randomisation_p


@settings(deadline=None)
@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=9))
def test_few_pairs_are_tried_in_every_way(differences: list[float]) -> None:
    seen = abs(mean(differences))
    means = [
        abs(mean(sign * each for sign, each in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    expected = mean(value >= seen - 1e-12 for value in means)
    assert randomisation_p(differences) == pytest.approx(expected, abs=1e-9)


def test_chance_is_called_chance_as_often_as_it_should() -> None:
    rng = np.random.default_rng(1)
    found = [randomisation_p(rng.choice([-1.0, 0.0, 1.0], 60).tolist(), 499) for _ in range(120)]
    assert mean(p < 0.05 for p in found) < 0.12


def test_a_clear_difference_is_significant_and_the_same_again() -> None:
    differences = [1.0] * 30 + [0.0] * 30 + [-1.0] * 5
    assert randomisation_p(differences) == randomisation_p(differences) < 0.001
    assert randomisation_p([0.0] * 50) == 1
    assert randomisation_p([]) == 1


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_as_the_step_down_procedure(p_values: list[float]) -> None:
    corrected = holm(p_values)
    order = np.argsort(p_values, kind="stable")
    rejecting = True
    for place, i in enumerate(order):
        rejecting = rejecting and p_values[i] * (len(p_values) - place) < 0.05
        assert (corrected[i] < 0.05) == rejecting
    assert all(one >= p - 1e-9 for one, p in zip(corrected, p_values, strict=True))

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.scaled_vectors import scaled, scales_of, unscaled

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, rows: int, dim: int, spread: float) -> np.ndarray:
    """Return vectors whose lengths, and whose components, differ by up to ``spread`` decades."""
    random = np.random.default_rng(seed)
    decades = random.uniform(-spread, spread / 2, size=(rows, 1)) + random.uniform(-1, 0, (1, dim))
    return (random.normal(size=(rows, dim)) * 10**decades).astype(np.float32)


VECTORS = st.builds(
    drawn, SEEDS, st.integers(0, 40), st.sampled_from([1, 3, 48, 384]), st.sampled_from([0, 1, 4])
)


@settings(deadline=None)
@given(VECTORS)
def test_a_component_changes_by_half_the_scale_at_most(vectors: np.ndarray) -> None:
    rows = scaled(vectors)
    assert rows.shape == (len(vectors), vectors.shape[1] + 2)
    scales = scales_of(rows)
    assert (np.abs(unscaled(rows) - vectors) <= scales[:, None] / 2 * (1 + 1e-6)).all()
    largest = np.abs(vectors).max(axis=1, initial=0)
    assert (scales <= np.maximum(largest / 99, 2**-14)).all()


@settings(deadline=None)
@given(VECTORS)
def test_what_was_scaled_stays_the_same_when_it_is_scaled_again(vectors: np.ndarray) -> None:
    rows = scaled(vectors)
    np.testing.assert_array_equal(scaled(unscaled(rows)), rows)
    np.testing.assert_array_equal(unscaled(scaled(unscaled(rows))), unscaled(rows))


@settings(deadline=None)
@given(VECTORS)
def test_half_precision_holds_scaled_vectors_exactly(vectors: np.ndarray) -> None:
    held = unscaled(scaled(vectors))
    halves = held.astype(np.float16)
    np.testing.assert_array_equal(halves.astype(np.float32), held)
    np.testing.assert_array_equal(scaled(halves), scaled(vectors))


def test_a_vector_of_zeros_stays_one() -> None:
    assert not unscaled(scaled(np.zeros((2, 5), dtype=np.float32))).any()

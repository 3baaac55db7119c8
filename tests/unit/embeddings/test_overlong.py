from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.overlong_texts import merge, windows


@given(st.integers(0, 5000), st.integers(1, 600))
def test_windows_cover_the_text_evenly_and_fit(length: int, limit: int) -> None:
    spans = windows(length, limit)
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    sizes = [end - start for start, end in spans]
    assert max(sizes) <= limit
    assert max(sizes) - min(sizes) <= 1
    assert len(spans) == max(1, -(-length // limit))


def test_a_texts_vector_is_its_windows_mean_by_size() -> None:
    vectors = np.eye(4, dtype=np.float32)
    merged = merge(vectors, [[(0, 30), (30, 70)], [(0, 5)], [(0, 2)]])
    np.testing.assert_allclose(merged[0], [0.6, 0.8, 0, 0], rtol=1e-6)
    np.testing.assert_array_equal(merged[1:], vectors[2:])

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.records.passage import CODE_BYTES, NO_CODES, Codes
from rag.records.token_codes import distinct, steps_of

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, kinds: int, count: int, noise: float) -> Codes:
    """Return tokens that are a few kinds with noise."""
    random = np.random.default_rng(seed)
    of_kinds = random.normal(scale=2, size=(kinds, 2 * CODE_BYTES))
    vectors = of_kinds[random.integers(kinds, size=count)]
    vectors = vectors + random.normal(scale=noise, size=vectors.shape)
    steps = np.clip(np.rint(vectors), -7, 7).astype(np.int8) + 8
    return np.asarray(steps[:, :CODE_BYTES] | (steps[:, CODE_BYTES:] << 4), dtype=np.uint8)


def cosines(codes: Codes, others: Codes) -> np.ndarray:
    one, other = (steps_of(each).astype(np.float64) - 8 for each in (codes, others))
    lengths = np.outer(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1))
    return np.asarray(one @ other.T / lengths)


@settings(deadline=None, max_examples=50)
@given(
    st.builds(drawn, SEEDS, st.integers(1, 30), st.integers(0, 90), st.sampled_from([0, 0.7, 0.9]))
)
def test_each_token_that_is_left_out_is_near_an_earlier_one_that_is_kept(codes: Codes) -> None:
    held = distinct(codes)
    np.testing.assert_array_equal(distinct(held), held)
    place = 0
    for token in codes:
        near = cosines(token[None], held[:place]).max(initial=-1)
        if place < len(held) and np.array_equal(token, held[place]) and near <= 0.85 + 1e-9:
            place += 1
        else:
            assert near > 0.85 - 1e-9
    assert place == len(held)


def test_few_or_very_many_tokens_are_all_kept() -> None:
    assert not len(distinct(NO_CODES))
    assert len(distinct(drawn(0, 1, 1, 0))) == 1
    assert len(distinct(drawn(0, 1, 2, 0))) == 1
    assert len(distinct(drawn(0, 1, 1024, 0))) == 1
    assert len(distinct(drawn(0, 1, 1025, 0))) == 1025


def test_a_token_without_a_direction_is_near_no_other() -> None:
    zeros = np.full((2, CODE_BYTES), 0x88, dtype=np.uint8)
    assert len(distinct(np.concatenate([zeros, drawn(0, 1, 3, 0)]))) == 3

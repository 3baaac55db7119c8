from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.openvino.packing import model_inputs, pack
from embeddings.openvino.pooling import POOLINGS, pooling_weights

LENGTHS = st.lists(st.integers(1, 600), min_size=1, max_size=60)


@given(LENGTHS, st.integers(64, 4096))
def test_every_text_lies_once_and_whole_in_a_row(lengths: list[int], budget: int) -> None:
    placed = []
    for batch in pack(lengths, budget):
        taken = np.zeros((batch.rows, batch.length), dtype=int)
        for place in batch.places:
            assert place.end - place.start == lengths[place.text]
            assert 0 <= place.start < place.end <= batch.length
            taken[place.row, place.start : place.end] += 1
        assert taken.max() == 1
        assert (taken.sum(axis=1) > 0).all()
        placed += [place.text for place in batch.places]
    assert sorted(placed) == list(range(len(lengths)))


@given(LENGTHS, st.integers(64, 4096))
def test_a_batch_keeps_to_the_budget_unless_one_text_is_longer(
    lengths: list[int], budget: int
) -> None:
    for batch in pack(lengths, budget):
        assert batch.rows * batch.length <= max(budget, batch.length) or batch.rows == 1


@pytest.mark.slow
@given(st.lists(st.integers(10, 30), min_size=2, max_size=16))
def test_questions_asked_together_waste_little(lengths: list[int]) -> None:
    (batch,) = pack(lengths, 4096)
    assert batch.rows * batch.length <= max(64, 1.6 * sum(lengths) + 32)


@given(LENGTHS)
def test_texts_see_themselves_only(lengths: list[int]) -> None:
    ids = [[100 + text] * length for text, length in enumerate(lengths)]
    for batch in pack(lengths, 2048):
        arrays = model_inputs(batch, ids, "mean", first_position=2, padding=1)
        pooling = arrays["pooling"].reshape(len(batch.places), batch.rows, batch.length)
        np.testing.assert_allclose(pooling.sum(axis=(1, 2)), 1, rtol=1e-5)
        for place, weights in zip(batch.places, pooling, strict=True):
            own = arrays["input_ids"][place.row] == 100 + place.text
            assert own.sum() == lengths[place.text]
            assert (arrays["attention_mask"][place.row][own] == own).all()
            assert (arrays["position_ids"][place.row][own] == np.arange(own.sum()) + 2).all()
            assert (weights[place.row] > 0).tolist() == own.tolist()
        assert arrays["attention_mask"].any(axis=2).all()


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("mean", [0.25, 0.25, 0.25, 0.25]),
        ("mean_sqrt_len_tokens", [0.5, 0.5, 0.5, 0.5]),
        ("cls", [1, 0, 0, 0]),
        ("lasttoken", [0, 0, 0, 1]),
        ("weightedmean", [0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_weights_are_those_of_the_pooling(pooling: str, expected: list[float]) -> None:
    np.testing.assert_allclose(pooling_weights(pooling, 4), expected, rtol=1e-6)
    assert pooling in POOLINGS

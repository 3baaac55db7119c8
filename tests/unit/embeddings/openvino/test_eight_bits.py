"""Rounding to 8 bits: outliers are shared out so that products change little."""

from __future__ import annotations

import numpy as np
import openvino
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from openvino import opset13 as ops

from embeddings.openvino.eight_bits import best_factors, compress_layers
from embeddings.openvino.runtime_settings import runtime_settings

COLUMNS, OUTPUTS = 384, 256


def matrix(rows: int, seed: int, outliers: dict[int, float]) -> NDArray[np.float32]:
    """Return normal numbers, with some columns multiplied."""
    found = np.random.default_rng(seed).standard_normal((rows, COLUMNS)).astype(np.float32)
    for column, factor in outliers.items():
        found[:, column] *= factor
    return found


def network(weights: NDArray[np.float32]) -> openvino.Model:
    """Return a graph that multiplies by weights, and leaves a small second layer as it is."""
    inputs = ops.parameter([-1, COLUMNS], np.float32, name="x")
    first = ops.matmul(inputs, ops.constant(weights), False, True)
    small = np.ones((4, len(weights)), np.float32)
    second = ops.matmul(first, ops.constant(small), False, True)
    return openvino.Model([first, second], [inputs])


def products(graph: openvino.Model, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    compiled = openvino.Core().compile_model(graph, "CPU", runtime_settings("f32", 1, 1))
    found: NDArray[np.float32] = compiled({"x": inputs})[0].copy()
    return found


@pytest.mark.parametrize("of_inputs", [{}, {7: 60.0}, {7: 60.0, 200: 25.0}])
@pytest.mark.parametrize("of_weights", [{}, {90: 40.0}, {7: 40.0}])
def test_products_are_nearer_with_factors_than_without(
    of_inputs: dict[int, float], of_weights: dict[int, float]
) -> None:
    inputs, weights = matrix(64, 0, of_inputs), matrix(OUTPUTS, 1, of_weights)
    factors = best_factors(inputs, weights)
    assert factors.shape == (COLUMNS,)
    assert (factors > 0).all()
    with_factors, without = (
        changes(inputs, weights, each) for each in (factors, np.ones_like(factors))
    )
    assert with_factors <= without * 1.05
    if of_inputs and not of_weights:
        # Sharing out outliers of the inputs is what the method is for.
        assert with_factors < without / 2


def changes(
    inputs: NDArray[np.float32], weights: NDArray[np.float32], factors: NDArray[np.float32]
) -> float:
    """Return by what share of their squares rounding changes the products of all rows, summed."""
    wanted = inputs @ weights.T
    found = rounded(inputs / factors) @ rounded(weights * factors).T
    return float((np.square(found - wanted).sum(axis=1) / np.square(wanted).sum(axis=1)).sum())


def rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    scales = np.abs(values).max(axis=1, keepdims=True) / 127
    return np.asarray(np.rint(values / scales) * scales, dtype=np.float32)


def test_a_graph_computes_nearly_the_same_with_layers_in_eight_bits() -> None:
    inputs, weights = matrix(64, 0, {7: 60.0}), matrix(OUTPUTS, 1, {90: 4.0})
    graph = network(weights)
    wanted = products(graph, inputs)
    padding = np.full((8, COLUMNS), 1e4, np.float32)
    padded = np.concatenate([inputs, padding])
    is_token = np.arange(len(padded)) < len(inputs)
    assert compress_layers(graph, {"x": padded}, is_token) == 1
    found = products(graph, inputs)
    assert 0 < np.linalg.norm(found - wanted) / np.linalg.norm(wanted) < 0.02
    kinds = {node.get_element_type().get_type_name() for node in graph.get_ordered_ops()[:-2]}
    assert "i8" in kinds


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-30, 1.0, 1e10]))
def test_no_column_gets_a_factor_that_is_not_a_number(seed: int, size: float) -> None:
    inputs, weights = matrix(3, seed, {0: size}), matrix(5, seed + 1, {1: size})
    factors = best_factors(inputs, weights)
    assert np.isfinite(factors).all()
    assert (factors > 0).all()

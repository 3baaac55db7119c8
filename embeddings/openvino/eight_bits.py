"""Layers in 8 bits: outliers are shared out between weights and inputs before both are rounded.

A few columns of a transformer's activations, and a few of its weights, are many times as large as
the others, and a common scale then leaves few steps for the rest. Dividing a column of the inputs
by a factor and multiplying the same column of the weights by it changes no product (SmoothQuant,
Xiao et al. 2023). Here the exponent that makes the factors is searched for each layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13 as ops

from embeddings.openvino.runtime_settings import GROUP, runtime_settings, usable_threads

_MIN_COMPRESSED = 65_536
"""Constants of fewer numbers than this stay in float32."""

_EXPONENTS = (0.2, 0.35, 0.5, 0.65)
"""Shares of an outlier that are moved from the inputs to the weights. Steps of .1 from 0 to .9 gave
vectors of tokens that were no nearer to those in float32 (24 of XQuAD's paragraphs: they differ by
.020 of their length, by .042 without factors)."""

_MOST_ROWS = 256
"""Inputs of a layer on which factors are compared; with 512 vectors of tokens were no nearer."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class _Layer:
    """A multiplication ``inputs @ weights.T`` by constant weights, shape (outputs, columns)."""

    node: openvino.Node
    weights: Matrix


def compress_tables(graph: openvino.Model) -> int:
    """Store embedding tables in 8 bits, with a scale for each row. Returns their number."""
    tables = [
        (node, weights)
        for node in graph.get_ordered_ops()
        if node.get_type_name() == "Gather" and _is_large(weights := constant(node, 0))
    ]
    for node, weights in tables:
        node.input(0).replace_source_output(_in_eight_bits(weights))
    return len(tables)


def compress_layers(
    graph: openvino.Model, example: Mapping[str, NDArray[np.generic]], is_token: NDArray[np.bool]
) -> int:
    """Store the layers' weights in 8 bits, with a scale for each row. Returns their number.

    Args:
        graph: as :func:`embeddings.openvino.trace.trace` returns it.
        example: arrays for its inputs, of texts on whose tokens factors are compared.
        is_token: which places of the rows hold a token of a text and no padding, shape (places,).
    """
    layers = _layers(graph)
    for layer, inputs in zip(layers, _layer_inputs(graph, example, is_token), strict=True):
        factors = best_factors(inputs, layer.weights)
        source = layer.node.input(0).get_source_output()
        divided = ops.multiply(source, ops.constant(1 / factors))
        layer.node.input(0).replace_source_output(divided.output(0))
        layer.node.input(1).replace_source_output(_in_eight_bits(layer.weights * factors))
    graph.validate_nodes_and_infer_types()
    return len(layers)


def best_factors(inputs: Matrix, weights: Matrix) -> Matrix:
    """Return a factor for each column, with which rounding changes the products least.

    Each row counts the same: what changes is divided by the row's products.

    Args:
        inputs: shape (rows, columns).
        weights: shape (outputs, columns).

    Returns:
        Shape (columns,); 1 for all where no other factors are better.
    """
    wanted = inputs @ weights.T
    sizes = np.square(wanted).sum(axis=1) + np.finfo(np.float32).tiny
    candidates = [np.ones(inputs.shape[1], np.float32)]
    candidates += [_factors(inputs, weights, float(exponent)) for exponent in _EXPONENTS]

    def loss(factors: Matrix) -> float:
        rounded = _rounded(inputs / factors, GROUP) @ _rounded(weights * factors, None).T
        # Tokens with outliers, such as the first of a text, must not decide for all others.
        return float((np.square(rounded - wanted).sum(axis=1) / sizes).sum())

    return min(candidates, key=loss)


def _factors(inputs: Matrix, weights: Matrix, exponent: float) -> Matrix:
    of_inputs = np.maximum(np.abs(inputs).max(axis=0), 1e-3)
    of_weights = np.maximum(np.abs(weights).max(axis=0), 1e-5)
    logarithms = exponent * np.log(of_inputs) - (1 - exponent) * np.log(of_weights)
    return np.asarray(np.exp(logarithms - logarithms.mean()), dtype=np.float32)


def _rounded(matrix: Matrix, group: int | None) -> Matrix:
    """Return a matrix as it is after rounding to 8 bits with a scale for each group of a row."""
    rows, columns = matrix.shape
    size = group if group is not None and columns % group == 0 else columns
    groups = matrix.reshape(rows, columns // size, size)
    scales = np.abs(groups).max(axis=2, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.asarray(np.rint(groups / scales) * scales, dtype=np.float32).reshape(rows, columns)


def _layer_inputs(
    graph: openvino.Model, example: Mapping[str, NDArray[np.generic]], is_token: NDArray[np.bool]
) -> list[Matrix]:
    """Run the graph in float32 and return what each layer gets, shape (rows, columns) each."""
    watched = graph.clone()
    sources = [layer.node.input(0).get_source_output() for layer in _layers(watched)]
    watched.add_outputs(sources)
    settings = runtime_settings("f32", streams=1, threads=usable_threads())
    compiled = openvino.Core().compile_model(watched, "CPU", settings)
    request = compiled.create_infer_request()
    request.infer(dict(example))
    watched_sources = [each.get_node().input(0).get_source_output() for each in watched.outputs]
    found = []
    for source in sources:
        values = request.get_output_tensor(watched_sources.index(source)).data
        rows = values.reshape(-1, values.shape[-1])
        # After pooling there is a row for each text instead of one for each place.
        own = rows[is_token] if len(rows) == len(is_token) else rows
        found.append(own[:_MOST_ROWS].copy())
    return found


def _layers(graph: openvino.Model) -> list[_Layer]:
    found = []
    for node in graph.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        weights, attributes = constant(node, 1), node.get_attributes()
        is_plain = attributes["transpose_b"] and not attributes["transpose_a"]
        if is_plain and _is_large(weights):
            found.append(_Layer(node, weights))
    return found


def _is_large(weights: Matrix | None) -> TypeGuard[Matrix]:
    return weights is not None and weights.ndim == 2 and weights.size >= _MIN_COMPRESSED


def _in_eight_bits(weights: Matrix) -> openvino.Output:
    """Return weights as whole numbers in a graph, multiplied by a scale for each row."""
    scales = np.abs(weights).max(axis=1, keepdims=True) / 127
    scales[scales == 0] = 1
    whole = np.rint(weights / scales).astype(np.int8)
    restored = ops.multiply(
        ops.convert(ops.constant(whole), "f32"), ops.constant(scales.astype(np.float32))
    )
    return restored.output(0)


def constant(node: openvino.Node, port: int) -> Matrix | None:
    """Return an input's value if it is a float32 constant, else None."""
    source = node.input(port).get_source_output().get_node()
    if source.get_type_name() != "Constant" or source.data.dtype != np.float32:
        return None
    data: Matrix = source.data
    return data

"""Rewriting a traced graph so that it starts fewer multiplications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13 as ops

from embeddings.openvino.eight_bits import constant


@dataclass(frozen=True)
class _Projection:
    """``source @ weights.T + bias``, and the output that carries the result."""

    source: openvino.Output
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    result: openvino.Output


def join_projections(graph: openvino.Model) -> int:
    """Join three multiplications of the same input, as of queries, keys and values, into one.

    This saves .4 ms of the 4.5 ms that one question takes on two cores.

    Returns:
        how many times three were joined.
    """
    by_source: dict[tuple[str, int], list[_Projection]] = {}
    for node in graph.get_ordered_ops():
        found = _projection(node)
        if found is not None:
            source = node.input(0).get_source_output()
            key = (source.get_node().get_name(), source.get_index())
            by_source.setdefault(key, []).append(found)
    joined = [three for three in by_source.values() if len(three) == 3]
    for three in joined:
        weights = ops.constant(np.concatenate([each.weights for each in three]))
        biases = ops.constant(np.concatenate([each.bias for each in three]))
        added = ops.add(ops.matmul(three[0].source, weights, False, True), biases)
        sizes = np.array([len(each.bias) for each in three], dtype=np.int64)
        parts = ops.variadic_split(added, ops.constant(np.int64(-1)), ops.constant(sizes))
        for i, each in enumerate(three):
            for target in list(each.result.get_target_inputs()):
                target.replace_source_output(parts.output(i))
    graph.validate_nodes_and_infer_types()
    return len(joined)


def _projection(node: openvino.Node) -> _Projection | None:
    """Return a multiplication by constant weights if only the addition of a bias follows it."""
    weights = constant(node, 1) if node.get_type_name() == "MatMul" else None
    if weights is None:
        return None
    if node.get_attributes()["transpose_a"] or not node.get_attributes()["transpose_b"]:
        return None
    users = list(node.output(0).get_target_inputs())
    if len(users) != 1 or users[0].get_node().get_type_name() != "Add":
        return None
    added = users[0].get_node()
    bias = constant(added, 1 - users[0].get_index())
    if bias is None or bias.size != len(weights):
        return None
    source = node.input(0).get_source_output()
    return _Projection(source, weights, bias.reshape(-1), added.output(0))

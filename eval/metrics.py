"""Retrieval metrics, computed by ir_measures (trec_eval's own code)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

import numpy as np
from numpy.typing import NDArray

SINGLE = {"r@1": "R@1", "r@10": "R@10", "mrr@10": "RR@10", "ndcg@10": "nDCG@10"}
MIXED = {"map": "AP", "any@1": "Success@1", "recall@5": "R@5", "recall@10": "R@10"}
"""Our names of metrics, and those of ir_measures."""


def measure(
    names: Mapping[str, str],
    relevant: Mapping[str, Sequence[str]],
    run: Mapping[str, Mapping[str, float]],
) -> dict[str, float]:
    """Return the mean of each metric over the questions, rounded to 4 places.

    Args:
        names: what to call each metric, and ir_measures' name of it.
        relevant: what answers each question, by question id.
        run: the score of each thing found, by question id.
    """
    import ir_measures

    qrels = {question: dict.fromkeys(found, 1) for question, found in relevant.items()}
    measures = {ours: ir_measures.parse_measure(theirs) for ours, theirs in names.items()}
    means = ir_measures.calc_aggregate(list(measures.values()), qrels, run)
    return {ours: round(float(means[measures[ours]]), 4) for ours in names}


def means(
    single: Mapping[str, Mapping[str, float]], mixed: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Return the means over same-language pairs, cross-language pairs, and mixed pools.

    Args:
        single: figures by pair, such as ``vi->zh``.
        mixed: figures by question language.
    """
    recalls: dict[bool, list[float]] = {True: [], False: []}
    for pair, figures in single.items():
        asked, answered = pair.split("->")
        recalls[asked == answered].append(figures["r@1"])
    groups = {
        "mono_r@1": recalls[True],
        "cross_r@1": recalls[False],
        "mixed_map": [figures["map"] for figures in mixed.values()],
    }
    return {name: round(mean(values), 4) for name, values in groups.items() if values}


def top(scores: NDArray[np.float32], ids: Sequence[str], depth: int) -> dict[str, float]:
    """Return the ``depth`` best of ``ids`` with their scores, shape (len(ids),)."""
    order = np.argsort(-scores, kind="stable")[:depth]
    return {ids[i]: float(scores[i]) for i in order.tolist()}

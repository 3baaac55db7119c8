"""How OpenVINO runs a model here: every model is compiled with these settings."""

from __future__ import annotations

import os

from embeddings.runtime import has_bfloat16

GROUP = 128
"""Numbers of an input that share a scale while a graph runs. Groups of 32, OpenVINO's usual size,
were no faster than bf16; 128 and 384 took .7 of its time (a CPU with AVX-512 VNNI)."""


def runtime_settings(precision: str, streams: int, threads: int) -> dict[str, object]:
    """Return OpenVINO's settings for a model that is compiled in a precision.

    Args:
        precision: ``bf16``, ``f32`` or ``int8``.
        streams: batches that run in parallel.
        threads: CPU threads of all streams together.
    """
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": threads,
        # With pinning, every process puts its threads on the first cores. On a machine with two
        # cores, two processes of one thread then took twice as long as without pinning.
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "bf16" if precision != "f32" and has_bfloat16() else "f32",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(GROUP) if precision == "int8" else "0",
        # An exported graph refers to the weights in the graph's file and does not copy them.
        "CACHE_MODE": "OPTIMIZE_SIZE",
    }


def usable_threads() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Where a model runs, in which precision, and where it lies compiled."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from importlib.metadata import version
from pathlib import Path

from embeddings.cache import cache_home
from embeddings.options import EncoderOptions
from embeddings.source import ModelSource

_LAYOUT = 6
"""Increased when the contents of compiled directories change, so that models are compiled again."""


def runs_on_torch(options: EncoderOptions) -> bool:
    """Return whether torch is asked for, or OpenVINO is not installed."""
    return options.runtime == "torch" or not _has_openvino()


def _has_openvino() -> bool:
    return importlib.util.find_spec("openvino") is not None


def precisions(options: EncoderOptions) -> list[str]:
    """Return the precisions to try: the option's, or the CPU's best and then float32."""
    if options.precision != "auto":
        return [options.precision]
    return ["bf16", "f32"] if has_bfloat16() else ["f32"]


def has_bfloat16() -> bool:
    """Return whether the CPU computes with bfloat16 numbers."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def is_fastest_in_eight_bits() -> bool:
    """Return whether whole numbers of 8 bits are multiplied faster than any others.

    With AVX-512 VNNI they are. CPUs that also multiply tiles of bfloat16 (AMX) have not been
    measured, nor have others. The answer is no where numkong is not installed.
    """
    try:
        import numkong
    except ImportError:
        return False
    abilities = numkong.get_capabilities()
    return bool(abilities.get("icelake") and not abilities.get("sapphireamx"))


def compiled_directory(source: ModelSource, options: EncoderOptions) -> Path:
    """Return the directory of a model for this runtime, CPU and precision."""
    import openvino

    parts = [
        source.identity,
        version("openvino"),
        version("transformers"),
        openvino.Core().get_property("CPU", "FULL_DEVICE_NAME"),
        options.precision,
        *precisions(options),
        str(options.trust_remote_code),
        str(_LAYOUT),
    ]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    name = re.sub(r"[^\w.-]+", "-", Path(source.name).name)
    return cache_home() / "compiled" / f"{name}-{precisions(options)[0]}-{key}"

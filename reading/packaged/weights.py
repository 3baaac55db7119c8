"""The packaged reader's weights: what it adds to those of the packaged encoder.

The file is a safetensors file. A matrix of the encoder is stored as its difference to the encoder's
own, as the product of two thin matrices (``NAME.left``, ``NAME.right``). Their rows are whole
numbers from -127 to 127 with a scale for each row (``.scale``, float16). Other tensors of the
encoder are stored as differences in float16, those of the heads as they are, as ``heads.NAME``.
Word embeddings are not in it: the reader has the encoder's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reading.errors import ReaderError
from reading.packaged.heads import Heads

FILE = "weights.safetensors"
_HEADS = "heads."
_SCALE, _LEFT, _RIGHT = ".scale", ".left", ".right"

Array = NDArray[np.float32]


@dataclass(frozen=True)
class ReaderWeights:
    """The weights as they are in the file.

    Attributes:
        digest: SHA-256 of the file.
        differences: to the encoder's tensors, by their names.
        heads: the heads.
    """

    digest: str
    differences: Mapping[str, Array]
    heads: Heads


@cache
def digest() -> str:
    """Return the SHA-256 of the packaged file.

    Raises:
        ReaderError: it is missing.
    """
    try:
        return hashlib.sha256((files("reading.packaged") / FILE).read_bytes()).hexdigest()
    except OSError as error:
        raise _damaged(error) from error


def read_packaged() -> ReaderWeights:
    """Read the packaged file.

    Raises:
        ReaderError: it is missing or damaged.
    """
    with as_file(files("reading.packaged") / FILE) as path:
        return read_weights(path)


def read_packaged_heads() -> Heads:
    """Read only the heads from the packaged file.

    Raises:
        ReaderError: it is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with (
            as_file(files("reading.packaged") / FILE) as path,
            safe_open(path, framework="numpy") as tensors,
        ):
            names = [name for name in tensors.keys() if name.startswith(_HEADS)]  # noqa: SIM118
            return Heads.of(
                {
                    name.removeprefix(_HEADS): tensors.get_tensor(name).astype(np.float32)
                    for name in names
                }
            )
    except (OSError, SafetensorError, KeyError) as error:
        raise _damaged(error) from error


def read_weights(path: Path) -> ReaderWeights:
    """Read a file of weights.

    Raises:
        ReaderError: it is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = path.read_bytes()
        tensors = load(data)
        heads = {
            name.removeprefix(_HEADS): tensor.astype(np.float32)
            for name, tensor in tensors.items()
            if name.startswith(_HEADS)
        }
        return ReaderWeights(
            hashlib.sha256(data).hexdigest(), _differences(tensors), Heads.of(heads)
        )
    except (OSError, SafetensorError, KeyError) as error:
        raise _damaged(error) from error


@dataclass(frozen=True)
class Thin:
    """A matrix as the product ``left.T @ right`` of two thin ones.

    Attributes:
        left: shape (rank, rows).
        right: shape (rank, columns).
    """

    left: Array
    right: Array


def write_weights(
    path: Path, differences: Mapping[str, Array | Thin], heads: Mapping[str, Array]
) -> None:
    """Write a file of weights."""
    from safetensors.numpy import save

    tensors: dict[str, NDArray[np.generic]] = {}
    for name, difference in differences.items():
        if isinstance(difference, Thin):
            for side, matrix in ((_LEFT, difference.left), (_RIGHT, difference.right)):
                tensors[name + side], tensors[name + side + _SCALE] = compressed(matrix)
        else:
            tensors[name] = difference.astype(np.float16)
    for name, tensor in heads.items():
        tensors[_HEADS + name] = tensor.astype(np.float16 if tensor.ndim == 2 else np.float32)
    # The library makes files that only their owner can read.
    path.write_bytes(save(tensors))


def _differences(tensors: Mapping[str, NDArray[np.generic]]) -> dict[str, Array]:
    found = {}
    for name, tensor in tensors.items():
        if name.startswith(_HEADS) or name.endswith((_SCALE, _RIGHT)):
            continue
        if name.endswith(_LEFT):
            own = name.removesuffix(_LEFT)
            left, right = (
                restored(tensors[own + side], tensors[own + side + _SCALE])
                for side in (_LEFT, _RIGHT)
            )
            found[own] = np.asarray(left.T @ right, np.float32)
        else:
            found[name] = tensor.astype(np.float32)
    return found


def compressed(tensor: Array) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return a matrix as whole numbers, and the scale of each row."""
    scales = np.abs(tensor).max(axis=1, keepdims=True) / 127
    halves = scales.astype(np.float16)
    # Of zeros, and of values too small for a scale in 16 bits, zeros are kept.
    halves[halves == 0] = 1
    whole = np.clip(np.rint(tensor / halves.astype(np.float32)), -127, 127)
    return whole.astype(np.int8), halves


def restored(whole: NDArray[np.generic], scales: NDArray[np.generic]) -> Array:
    """Return what :func:`compressed` was given, as nearly as it is known."""
    return np.asarray(whole.astype(np.float32) * scales.astype(np.float32), np.float32)


def _damaged(error: Exception) -> ReaderError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ReaderError(
        f"The packaged reader's weights cannot be read ({reason}): install Tamngu anew, or use "
        "--reader none."
    )

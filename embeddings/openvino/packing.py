"""Texts of any length side by side in rows of one length, so that little is computed for nothing.

Padding every text of a batch to the longest wastes two fifths of the work on 16 questions.
Packed, a row holds several texts, each with positions of its own and blind to the others.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALONE_ROW = 32
"""Shortest row of a text alone. Most questions fit (of XQuAD's, with prompt, 95% have at most 29
tokens), so most have the same shape; a new shape costs the runtime 2 to 10 ms."""

SHARED_ROW = 64
"""Shortest row that texts share: three or four questions. Of 32, 64 and 128, 64 was the fastest
for 16 of XQuAD's questions; the tightest of 64 to 128 leaves 8% padding instead of 14%."""

_STEP = 16
"""Rows are multiples of this many tokens, so that their shapes come again."""

_LAST = sys.maxsize
"""Above every text's number."""

_LAYERS = 1700
"""What a token costs in the layers, in units of what it costs in attention for each token of its
row; measured on two cores with rows of 24 to 384 tokens."""


@dataclass(frozen=True)
class Place:
    """Where a text lies: its number, its row, its first and its last token's place plus one."""

    text: int
    row: int
    start: int
    end: int


@dataclass(frozen=True)
class Batch:
    """Texts placed in ``rows`` rows of ``length`` tokens."""

    rows: int
    length: int
    places: Sequence[Place]


def pack(lengths: Sequence[int], budget: int) -> Iterator[Batch]:
    """Place texts in batches of at most ``budget`` tokens, padding included; longest first.

    A text longer than ``budget`` has a batch of its own.
    """
    if len(lengths) == 1:
        length = _row(lengths[0], ALONE_ROW)
        yield Batch(1, length, [Place(0, 0, 0, lengths[0])])
        return
    waiting = sorted((length, text) for text, length in enumerate(lengths))
    if waiting and sum(lengths) <= budget // 2:
        yield _tightest(waiting)
        return
    while waiting:
        length = _row(waiting[-1][0], SHARED_ROW)
        yield _fill(waiting, length, max(1, budget // length))


def _tightest(waiting: list[tuple[int, int]]) -> Batch:
    """Place all texts in one batch, in rows of the length that costs least."""
    shortest = _row(waiting[-1][0], SHARED_ROW)
    lengths = range(shortest, shortest + SHARED_ROW + 1, _STEP)
    batches = [_fill(list(waiting), length, len(waiting)) for length in lengths]
    return min(batches, key=lambda batch: batch.rows * batch.length * (_LAYERS + batch.length))


def _fill(waiting: list[tuple[int, int]], length: int, rows: int) -> Batch:
    """Take texts, sorted by length, from ``waiting`` until the rows are full."""
    places: list[Place] = []
    row = 0
    while waiting and row < rows:
        room = length
        # The longest that still fits, until nothing does.
        while waiting and waiting[0][0] <= room:
            size, text = waiting.pop(bisect_right(waiting, (room, _LAST)) - 1)
            places.append(Place(text, row, length - room, length - room + size))
            room -= size
        row += 1
    return Batch(row, length, places)


def _row(longest: int, shortest: int) -> int:
    return max(shortest, -(-longest // _STEP) * _STEP)


@dataclass(frozen=True)
class Weights:
    """How token vectors become a text's vector: the weight of each token, by the pooling's name."""

    pooling: str

    def of(self, tokens: int) -> NDArray[np.float32]:
        """Return the weights of a text's tokens, shape (tokens,), float32.

        Raises:
            KeyError: the pooling is no weighted sum.
        """
        return np.asarray(_WEIGHTS[self.pooling](tokens), dtype=np.float32)


_WEIGHTS: dict[str, Callable[[int], NDArray[np.float64]]] = {
    "mean": lambda n: np.full(n, 1 / n),
    "mean_sqrt_len_tokens": lambda n: np.full(n, n**-0.5),
    "cls": lambda n: np.eye(1, n)[0],
    "lasttoken": lambda n: np.eye(1, n, n - 1)[0],
    "weightedmean": lambda n: np.arange(1, n + 1) / (n * (n + 1) / 2),
}

POOLINGS = frozenset(_WEIGHTS)
"""Poolings that are a weighted sum of token vectors."""


def alone_shapes() -> dict[str, list[int]]:
    """Return the shapes of the arrays of one short text."""
    row = ALONE_ROW
    return {
        "input_ids": [1, row],
        "position_ids": [1, row],
        "attention_mask": [1, row, row],
        "pooling": [1, row],
    }


def feed(
    batch: Batch, ids: Sequence[Sequence[int]], weights: Weights, first_position: int, padding: int
) -> dict[str, NDArray[np.generic]]:
    """Return a batch's arrays, as :func:`embeddings.openvino.trace.trace` names the model's inputs.

    ``input_ids`` and ``position_ids``: int64 (rows, length). ``attention_mask``: bool
    (rows, length, length), true where a token sees another; padding sees padding, as it must see
    something. ``pooling``: float32 (texts, rows * length), in the order of ``batch.places``.
    """
    shape = (batch.rows, batch.length)
    input_ids = np.full(shape, padding, dtype=np.int64)
    positions = np.full(shape, first_position, dtype=np.int64)
    owner = np.full(shape, -1, dtype=np.int32)
    pooling = np.zeros((len(batch.places), batch.rows, batch.length), dtype=np.float32)
    for i, place in enumerate(batch.places):
        here = slice(place.start, place.end)
        size = place.end - place.start
        input_ids[place.row, here] = ids[place.text]
        positions[place.row, here] = np.arange(first_position, first_position + size)
        owner[place.row, here] = i
        pooling[i, place.row, here] = weights.of(size)
    return {
        "input_ids": input_ids,
        "position_ids": positions,
        "attention_mask": owner[:, :, None] == owner[:, None, :],
        "pooling": pooling.reshape(len(batch.places), -1),
    }

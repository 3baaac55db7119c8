"""Several texts packed into rows of one length, so that little work is wasted on padding.

If every text of a batch is padded to the longest, two fifths of the work on 16 questions are
wasted. A packed row holds several texts. Each text has its own positions and attends only to its
own tokens.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.openvino.pooling import pooling_weights

SINGLE_ROW = 32
"""Shortest row of a text that runs alone, in tokens. Most questions fit (95% of XQuAD's have at
most 29 tokens with prompt), so most have the same shape; a new shape costs the runtime 2 to
10 ms."""

_SHARED_ROW = 64
"""Shortest row that texts share, in tokens: three or four questions. Of 32, 64 and 128, 64 was the
fastest for 16 of XQuAD's questions. To choose the tightest length from 64 to 128 leaves 8% padding
instead of 14%."""

_STEP = 16
"""Row lengths are multiples of this many tokens, so that the same shapes occur again."""

_LAST = sys.maxsize
"""Larger than every text's number."""

_LAYER_COST = 1700
"""Cost of a token in the layers, in units of its attention cost for each token of its row; measured
on two cores with rows of 24 to 384 tokens."""


@dataclass(frozen=True)
class TextPlace:
    """Where a text lies in a batch.

    Attributes:
        text: number of the text.
        row: number of its row.
        start: position of its first token in the row.
        end: position after its last token in the row.
    """

    text: int
    row: int
    start: int
    end: int


@dataclass(frozen=True)
class PackedBatch:
    """Texts placed in ``rows`` rows of ``length`` tokens."""

    rows: int
    length: int
    places: Sequence[TextPlace]


def pack(lengths: Sequence[int], budget: int) -> Iterator[PackedBatch]:
    """Place texts in batches of at most ``budget`` tokens, padding included; longest texts first.

    A text longer than ``budget`` gets a batch of its own.

    Args:
        lengths: of the texts, in tokens.
        budget: tokens of a batch.
    """
    if len(lengths) == 1:
        length = _row_length(lengths[0], SINGLE_ROW)
        yield PackedBatch(1, length, [TextPlace(0, 0, 0, lengths[0])])
        return
    waiting = sorted((length, text) for text, length in enumerate(lengths))
    if waiting and sum(lengths) <= budget // 2:
        yield _tightest(waiting)
        return
    while waiting:
        length = _row_length(waiting[-1][0], _SHARED_ROW)
        yield _fill(waiting, length, max(1, budget // length))


def _tightest(waiting: list[tuple[int, int]]) -> PackedBatch:
    """Place all texts in one batch, in rows of the length that costs least."""
    shortest = _row_length(waiting[-1][0], _SHARED_ROW)
    lengths = range(shortest, shortest + _SHARED_ROW + 1, _STEP)
    batches = [_fill(list(waiting), length, len(waiting)) for length in lengths]
    return min(batches, key=lambda batch: batch.rows * batch.length * (_LAYER_COST + batch.length))


def _fill(waiting: list[tuple[int, int]], length: int, rows: int) -> PackedBatch:
    """Take texts from ``waiting``, which is sorted by length, until the rows are full."""
    places: list[TextPlace] = []
    row = 0
    while waiting and row < rows:
        room = length
        # Take the longest text that still fits, until no text fits.
        while waiting and waiting[0][0] <= room:
            size, text = waiting.pop(bisect_right(waiting, (room, _LAST)) - 1)
            places.append(TextPlace(text, row, length - room, length - room + size))
            room -= size
        row += 1
    return PackedBatch(row, length, places)


def _row_length(longest: int, shortest: int) -> int:
    return max(shortest, -(-longest // _STEP) * _STEP)


def single_text_shapes() -> dict[str, list[int]]:
    """Return the shapes of the model's inputs for one short text."""
    row = SINGLE_ROW
    return {
        "input_ids": [1, row],
        "position_ids": [1, row],
        "attention_mask": [1, row, row],
        "pooling": [1, row],
    }


def model_inputs(
    batch: PackedBatch,
    ids: Sequence[Sequence[int]],
    pooling: str,
    first_position: int,
    padding: int,
) -> dict[str, NDArray[np.generic]]:
    """Return a batch's arrays under the input names of :func:`embeddings.openvino.trace.trace`.

    ``input_ids`` and ``position_ids``: int64 (rows, length). ``attention_mask``: bool
    (rows, length, length), true where one token attends to another. Padding attends to padding,
    because every token must attend to something. ``pooling``: float32 (texts, rows * length), in
    the order of ``batch.places``.

    Args:
        batch: where each text lies.
        ids: token ids of all texts, by text number.
        pooling: one of :data:`embeddings.openvino.pooling.POOLINGS`.
        first_position: position of a text's first token.
        padding: token id that fills rows.
    """
    shape = (batch.rows, batch.length)
    input_ids = np.full(shape, padding, dtype=np.int64)
    positions = np.full(shape, first_position, dtype=np.int64)
    owner = np.full(shape, -1, dtype=np.int32)
    weights = np.zeros((len(batch.places), batch.rows, batch.length), dtype=np.float32)
    for i, place in enumerate(batch.places):
        own = slice(place.start, place.end)
        size = place.end - place.start
        input_ids[place.row, own] = ids[place.text]
        positions[place.row, own] = np.arange(first_position, first_position + size)
        owner[place.row, own] = i
        weights[i, place.row, own] = pooling_weights(pooling, size)
    return {
        "input_ids": input_ids,
        "position_ids": positions,
        "attention_mask": owner[:, :, None] == owner[:, None, :],
        "pooling": weights.reshape(len(batch.places), -1),
    }

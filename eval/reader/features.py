"""From pairs to token ids in batches of few fixed shapes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from eval.reader.pairs import ReadingPair
from rag.text.chinese import simplified, simplified_in_place

LENGTHS = (48, 64, 80, 96, 112, 128, 144, 160, 184, 208)
"""Tokens of a row, padding included: few shapes are faster than many."""

_BATCH_TOKENS = 4096

_MAX_QUESTION = 56
"""Tokens of a question that are read."""

_BEGIN, _PAD, _END = 0, 1, 2
"""Ids of XLM-R's special tokens."""


@dataclass(frozen=True)
class Features:
    """A pair as token ids: ``<s> question </s></s> window </s>``.

    Attributes:
        ids: token ids.
        first: the first token of the window.
        offsets: characters of the window's tokens in the window, as (start, end).
        start: first token of the answer; 0, the first token of all, without an answer; -1 if its
            place is not known.
        end: its last token; 0 and -1 as for ``start``.
    """

    ids: list[int]
    first: int
    offsets: list[tuple[int, int]]
    start: int
    end: int


@dataclass(frozen=True)
class ReadingBatch:
    """Pairs of one shape.

    Attributes:
        ids: token ids, shape (n, tokens).
        mask: 1 for tokens, 0 for padding, shape (n, tokens).
        window: whether a token belongs to the window, shape (n, tokens).
        start: shape (n,); see :class:`Features`.
        end: shape (n,).
        answerable: 1 or 0, float32, shape (n,).
    """

    ids: Tensor
    mask: Tensor
    window: Tensor
    start: Tensor
    end: Tensor
    answerable: Tensor


class Featurizer:
    """Makes features with the tokenizer of a model directory."""

    def __init__(self, directory: Path) -> None:
        """Load the tokenizer of a sentence-transformers directory."""
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of a text, without special ones."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def features(self, pair: ReadingPair) -> Features:
        """Return a pair's features; what is longer than the longest row is cut from the window.

        Chinese is read in Simplified characters, as the encoder reads it.
        """
        encode = self._tokenizer.encode
        question = encode(simplified(pair.question), add_special_tokens=False).ids[:_MAX_QUESTION]
        window = encode(simplified_in_place(pair.window), add_special_tokens=False)
        room = LENGTHS[-1] - len(question) - 4
        ids = [_BEGIN, *question, _END, _END, *window.ids[:room], _END]
        first = len(question) + 3
        offsets = [(start, end) for start, end in window.offsets[:room]]
        return Features(ids, first, offsets, *_answer_tokens(pair, offsets, first))


def _answer_tokens(
    pair: ReadingPair, offsets: Sequence[tuple[int, int]], first: int
) -> tuple[int, int]:
    """Return the first and the last token of the first answer that was not cut."""
    if not pair.answerable:
        return 0, 0
    for start, end in pair.answers:
        held = [n for n, (a, b) in enumerate(offsets) if a < end and start < b]
        if held and offsets[held[-1]][1] >= end:
            return held[0] + first, held[-1] + first
    return -1, -1


def shuffled_batches(features: Sequence[Features], seed: int) -> list[list[int]]:
    """Return the numbers of the features of each batch; batches of all shapes are mixed."""
    drawn = random.Random(seed)
    shapes: dict[int, list[int]] = {}
    for number, each in enumerate(features):
        shapes.setdefault(_length(len(each.ids)), []).append(number)
    batches = []
    for length, numbers in sorted(shapes.items()):
        drawn.shuffle(numbers)
        size = _BATCH_TOKENS // length
        batches += [numbers[n : n + size] for n in range(0, len(numbers), size)]
    drawn.shuffle(batches)
    return batches


def sorted_batches(features: Sequence[Features]) -> Iterator[list[int]]:
    """Yield the numbers of the features of each batch, short ones first."""
    order = sorted(range(len(features)), key=lambda number: len(features[number].ids))
    size = _BATCH_TOKENS // LENGTHS[-1]
    for start in range(0, len(order), size):
        yield order[start : start + size]


def collate(
    pairs: Sequence[ReadingPair], features: Sequence[Features], numbers: Sequence[int]
) -> ReadingBatch:
    """Return some pairs as one batch."""
    length = _length(max(len(features[number].ids) for number in numbers))
    ids = torch.full((len(numbers), length), _PAD, dtype=torch.long)
    window = torch.zeros((len(numbers), length), dtype=torch.bool)
    for row, number in enumerate(numbers):
        each = features[number]
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        window[row, each.first : each.first + len(each.offsets)] = True
    return ReadingBatch(
        ids,
        (ids != _PAD).long(),
        window,
        torch.tensor([features[number].start for number in numbers]),
        torch.tensor([features[number].end for number in numbers]),
        torch.tensor([float(pairs[number].answerable) for number in numbers]),
    )


def _length(tokens: int) -> int:
    return next(length for length in LENGTHS if tokens <= length)

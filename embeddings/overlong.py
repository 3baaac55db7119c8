"""Texts longer than a model reads: encoded in windows, cut and counted, or refused."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import EncoderError, TextTooLong

_LOG = logging.getLogger("tamngu.embeddings")


class Overlong:
    """What is done with texts over the length, and how many were cut so far."""

    def __init__(self, policy: str, model: str) -> None:
        """Follow a policy, a value of :attr:`embeddings.EncoderOptions.overlong`."""
        self._policy = policy
        self._model = model
        self._lock = threading.Lock()
        self.truncated = 0

    def parts(self, lengths: Sequence[int], limit: int) -> list[list[tuple[int, int]]]:
        """Return the spans of each text that are encoded, in tokens; one where it fits.

        Raises:
            EncoderError: the prompt leaves no room.
            TextTooLong: a text is over ``limit`` and the policy is to refuse.
        """
        if limit < 1:
            raise EncoderError(
                f"The prompt takes all the tokens that {self._model} reads of a text; shorten it."
            )
        over = [length for length in lengths if length > limit]
        if over and self._policy == "refuse":
            raise TextTooLong(
                f"{_count(len(over), len(lengths))} longer than the {limit} tokens that "
                f"{self._model} reads (the longest has {max(over)}): shorten, or allow windows."
            )
        if over and self._policy == "cut":
            with self._lock:
                self.truncated += len(over)
            _LOG.warning(
                "%s longer than the %d tokens that %s reads; what is beyond was not encoded.",
                _count(len(over), len(lengths)),
                limit,
                self._model,
            )
            return [[(0, min(length, limit))] for length in lengths]
        return [windows(length, limit) for length in lengths]


def windows(length: int, limit: int) -> list[tuple[int, int]]:
    """Cut a length into the fewest spans of at most ``limit``, as even as can be.

    >>> windows(10, 4)
    [(0, 3), (3, 6), (6, 10)]
    """
    count = max(1, -(-length // limit))
    ends = [length * (i + 1) // count for i in range(count)]
    return list(zip([0, *ends], ends, strict=False))


def merge(vectors: Vectors, parts: Sequence[Sequence[tuple[int, int]]]) -> Vectors:
    """Return each text's vector: its windows' mean by their sizes, of length 1 again.

    Args:
        vectors: L2-normalised, shape (number of windows of all texts, dim).
        parts: each text's windows, as :meth:`Overlong.parts` gave them.
    """
    if len(vectors) == len(parts):
        return vectors
    sizes = np.array([[max(end - start, 1)] for text in parts for start, end in text], np.float32)
    first = np.cumsum([0, *(len(text) for text in parts[:-1])])
    summed: NDArray[np.float32] = np.add.reduceat(vectors * sizes, first, axis=0)
    return normalised(summed)


def normalised(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return result


def _count(some: int, all_of_them: int) -> str:
    return f"{some} of {all_of_them} texts {'is' if some == 1 else 'are'}"

"""Texts longer than a model reads: encoded in windows, cut and counted, or refused."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EncoderError, TextTooLong
from embeddings.vectors import Vectors, normalised

_LOG = logging.getLogger("tamngu.embeddings")


class Overlong:
    """Applies the policy for texts that are too long, and counts how many were cut."""

    def __init__(self, policy: str, model: str) -> None:
        """Follow a policy, a value of :attr:`embeddings.EncoderOptions.overlong`."""
        self._policy = policy
        self._model = model
        self._lock = threading.Lock()
        self.truncated = 0

    def parts(self, lengths: Sequence[int], limit: int) -> list[list[tuple[int, int]]]:
        """Return the spans of each text that are encoded, in tokens; one span if the text fits.

        Args:
            lengths: of the texts, in tokens.
            limit: tokens that the model reads of one text.

        Raises:
            EncoderError: the prompt leaves no room for text.
            TextTooLong: a text is longer than ``limit`` and the policy is ``refuse``.
        """
        if limit < 1:
            raise EncoderError(
                f"The prompt takes all the tokens that {self._model} reads of a text; shorten it."
            )
        over = [length for length in lengths if length > limit]
        if over and self._policy == "refuse":
            raise TextTooLong(
                f"{_count(len(over), len(lengths))} longer than the {limit} tokens that "
                f"{self._model} reads (the longest has {max(over)}): shorten the text, or set the "
                "option overlong to window."
            )
        if over and self._policy == "cut":
            with self._lock:
                self.truncated += len(over)
            _LOG.warning(
                "%s longer than the %d tokens that %s reads; the rest was not encoded.",
                _count(len(over), len(lengths)),
                limit,
                self._model,
            )
            return [[(0, min(length, limit))] for length in lengths]
        return [windows(length, limit) for length in lengths]


def windows(length: int, limit: int) -> list[tuple[int, int]]:
    """Cut a length into the fewest spans of at most ``limit``, as equal in size as possible.

    >>> windows(10, 4)
    [(0, 3), (3, 6), (6, 10)]
    """
    count = max(1, -(-length // limit))
    ends = [length * (i + 1) // count for i in range(count)]
    return list(zip([0, *ends], ends, strict=False))


def merge(vectors: Vectors, parts: Sequence[Sequence[tuple[int, int]]]) -> Vectors:
    """Return each text's vector: the mean of its windows' vectors, weighted by size, normalised.

    Args:
        vectors: L2-normalised, shape (number of windows of all texts, dim).
        parts: each text's windows, as :meth:`Overlong.parts` returned them.

    Returns:
        L2-normalised, shape (number of texts, dim).
    """
    if len(vectors) == len(parts):
        return vectors
    sizes = np.array([[max(end - start, 1)] for text in parts for start, end in text], np.float32)
    first = np.cumsum([0, *(len(text) for text in parts[:-1])])
    summed: NDArray[np.float32] = np.add.reduceat(vectors * sizes, first, axis=0)
    return normalised(summed)


def _count(some: int, total: int) -> str:
    return f"{some} of {total} texts {'is' if some == 1 else 'are'}"

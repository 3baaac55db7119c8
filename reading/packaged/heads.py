"""The reader's heads: from the vectors of tokens to places and to whether there is an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from embeddings.inner_products import inner_products

Array = NDArray[np.float32]

_erf = np.frompyfunc(math.erf, 1, 1)


@dataclass(frozen=True)
class HeadLogits:
    """What the heads say of one window.

    Attributes:
        starts: that the answer begins with a token of the window, shape (tokens,).
        ends: that it ends with a token of the window, shape (tokens,).
        answerable: log-odds that the window holds the answer.
    """

    starts: Array
    ends: Array
    answerable: float


@dataclass(frozen=True)
class Heads:
    """The weights of the heads; dim is the encoder's.

    Attributes:
        span: shape (2, dim): for the start and for the end of an answer.
        span_bias: shape (2,).
        hidden: shape (dim, 2 * dim): first layer of answerability.
        hidden_bias: shape (dim,).
        answerable: shape (dim,): second layer.
        answerable_bias: shape (1,).
        calibration: shape (3,): weights of answerability's logit and of the margin between the
            likeliest place and "no answer", and a constant. Together they are log-odds.
    """

    span: Array
    span_bias: Array
    hidden: Array
    hidden_bias: Array
    answerable: Array
    answerable_bias: Array
    calibration: Array

    @classmethod
    def of(cls, tensors: Mapping[str, Array]) -> Heads:
        """Take the heads from tensors that are named as the attributes are."""
        return cls(**{each.name: tensors[each.name] for each in fields(cls)})

    def logits(self, states: Array, first: int, last: int) -> HeadLogits:
        """Return what the heads say of one window.

        Args:
            states: vectors of all tokens of question and window, shape (tokens, dim).
            first: the window's first token.
            last: one past its last token.
        """
        places = inner_products(states, self.span) + self.span_bias
        inside = places[first:last]
        starts, ends = inside[:, 0], inside[:, 1]
        likely = (_softmax(starts) + _softmax(ends)) / 2
        answer = (likely[:, None] * states[first:last]).sum(axis=0)
        both = np.concatenate([states[0], answer])
        hidden = _gelu(inner_products(self.hidden, both[None])[:, 0] + self.hidden_bias)
        logit = float(self.answerable @ hidden) + float(self.answerable_bias[0])
        margin = float(starts.max() + ends.max() - places[0].sum())
        of_logit, of_margin, constant = self.calibration.tolist()
        return HeadLogits(starts, ends, of_logit * logit + of_margin * margin + constant)


def _softmax(logits: Array) -> Array:
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _gelu(values: Array) -> Array:
    """Return the Gaussian error linear unit in its exact form (Hendrycks and Gimpel 2016)."""
    below = _erf(values / math.sqrt(2)).astype(np.float32)
    return np.asarray(values * (1 + below) / 2, dtype=np.float32)

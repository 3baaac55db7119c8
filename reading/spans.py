"""From the logits of starts and ends to the likeliest answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reading.reader import AnswerSpan

MAX_ANSWER_TOKENS = 32
"""Tokens of an answer. Of the answers of the sets that the reader learns from, .99 have fewer."""

_MAX_SPANS = 4
"""Places that are returned."""

_LEAST = 0.02
"""Probability from which a place is returned, except the likeliest."""

Logits = NDArray[np.float32]


def best_spans(
    text: str, offsets: Sequence[tuple[int, int]], starts: Logits, ends: Logits
) -> tuple[AnswerSpan, ...]:
    """Return the likeliest answers in a window, best first.

    Args:
        text: of the window.
        offsets: characters of each token in the window, as (start, end).
        starts: logits that the answer begins with a token, shape (tokens,).
        ends: logits that it ends with a token, shape (tokens,).
    """
    if not offsets:
        return ()
    scores = starts[:, None] + ends[None, :]
    allowed = np.tril(np.triu(np.ones_like(scores, dtype=bool)), MAX_ANSWER_TOKENS - 1)
    scores = np.where(allowed, scores, -np.inf)
    weights = np.exp(scores - scores.max())
    probabilities = weights / weights.sum()
    found: list[AnswerSpan] = []
    for flat in np.argsort(-probabilities, axis=None)[: 8 * _MAX_SPANS].tolist():
        first, last = divmod(flat, len(offsets))
        probability = float(probabilities[first, last])
        if len(found) == _MAX_SPANS or (found and probability < _LEAST):
            break
        # Several tokens may stand for one character, so characters are compared.
        start, end = _trimmed(text, offsets[first][0], offsets[last][1])
        if start < end and all(end <= each.start or each.end <= start for each in found):
            found.append(AnswerSpan(start, end, round(probability, 4)))
    return tuple(found)


_MARKS = "\u200b.,;:!?。，；：！？、…"
_OPENING, _CLOSING = "([{“‘「『《（【", ")]}”’」』》）】"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a place without the spaces, the marks and the halves of brackets around it.

    A token may carry the space before a word or the mark after it. Nothing is left of marks alone.
    """
    inside = Counter(text[start:end])
    while start < end:
        if _is_around(text[start], _CLOSING) or _is_alone(text[start], inside, _OPENING):
            inside[text[start]] -= 1
            start += 1
        elif _is_around(text[end - 1], _OPENING) or _is_alone(text[end - 1], inside, _CLOSING):
            inside[text[end - 1]] -= 1
            end -= 1
        else:
            break
    is_empty = all(_is_around(each, _OPENING + _CLOSING) for each in text[start:end])
    return (start, start) if is_empty else (start, end)


def _is_around(character: str, brackets: str) -> bool:
    return character.isspace() or character in _MARKS or character in brackets


def _is_alone(character: str, inside: Counter[str], brackets: str) -> bool:
    """Return whether a character is one of some brackets, and not all have their other halves."""
    if character not in brackets:
        return False
    others = _CLOSING if brackets == _OPENING else _OPENING
    return inside[others[brackets.index(character)]] < inside[character]

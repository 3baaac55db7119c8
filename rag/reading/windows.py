"""Windows of passages: the few sentences of a passage that a reader gets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.span import Span


def window_around_best(
    sentences: Sequence[Span], scores: NDArray[np.float32], tokens: Sequence[int], budget: int
) -> Span:
    """Return the best sentence with its neighbours, as many as fit.

    The sentence after it comes first, then the one before it, and so on: a sentence that repeats
    the question is often followed by the one that answers it.

    Args:
        sentences: of a passage, in order, as offsets into the article's text.
        scores: of the sentences, shape (sentences,).
        tokens: of the sentences.
        budget: tokens of the window; the best sentence is in it even if it is longer.

    >>> spans = [Span(0, 9), Span(10, 19), Span(20, 29)]
    >>> window_around_best(spans, np.array([0, 2, 1], np.float32), [5, 5, 5], 10)
    Span(start=10, end=29)
    """
    first = last = int(np.argmax(scores))
    used = tokens[first]
    grew = True
    while grew:
        grew = False
        if last + 1 < len(sentences) and used + tokens[last + 1] <= budget:
            last += 1
            used += tokens[last]
            grew = True
        if first > 0 and used + tokens[first - 1] <= budget:
            first -= 1
            used += tokens[first]
            grew = True
    return Span(sentences[first].start, sentences[last].end)


def windows_of_all(sentences: Sequence[Span], tokens: Sequence[int], budget: int) -> list[Span]:
    """Cut a passage into as few windows as hold all its sentences, of about the same length.

    Args:
        sentences: of a passage, in order, as offsets into the article's text.
        tokens: of the sentences.
        budget: tokens of a window; a sentence that is longer is a window by itself.

    >>> windows_of_all([Span(0, 9), Span(10, 19), Span(20, 29)], [5, 5, 5], 10)
    [Span(start=0, end=19), Span(start=20, end=29)]
    """
    even = sum(tokens) / max(1, -(-sum(tokens) // budget))
    windows: list[Span] = []
    first, used = 0, 0
    for number, count in enumerate(tokens):
        over = used + count - min(even, budget)
        # The window ends where it is nearest to its share.
        if number > first and (used + count > budget or over > count / 2):
            windows.append(Span(sentences[first].start, sentences[number - 1].end))
            first, used = number, 0
        used += count
    return [*windows, Span(sentences[first].start, sentences[-1].end)]

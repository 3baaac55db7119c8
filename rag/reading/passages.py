"""Read passages: from a question and what was found to answers with their places in articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.reading.windows import window_around_best
from rag.records.passage import Passage
from rag.text.chinese import simplified, simplified_in_place
from rag.text.span import Span

if TYPE_CHECKING:
    from reading import Reader

WINDOW_TOKENS = (168, 96, 56, 48, 40)
"""Tokens of the windows of the best passage, of the second, and so on; see docs/benchmarks.md."""


@dataclass(frozen=True)
class ReadablePassage:
    """A passage that may answer the question.

    Attributes:
        passage: the passage.
        text: of its article.
        sentence_scores: of its sentences, shape (sentences,), float32.
    """

    passage: Passage
    text: str
    sentence_scores: NDArray[np.float32]


@dataclass(frozen=True)
class ReadSpan:
    """A place that may be the answer.

    Attributes:
        span: offsets into the article's text.
        score: probability that it is the answer, if the window holds it.
    """

    span: Span
    score: float


@dataclass(frozen=True)
class PassageReading:
    """What a reader found in a passage.

    Attributes:
        window: what was read of it, as offsets into the article's text.
        answerable: probability that the window holds the answer.
        spans: likely answers, best first.
    """

    window: Span
    answerable: float
    spans: tuple[ReadSpan, ...]


def read_passages(
    reader: Reader,
    question: str,
    found: Sequence[ReadablePassage],
    budgets: Sequence[int] = WINDOW_TOKENS,
) -> list[PassageReading]:
    """Return one reading for each passage, in the order given.

    Args:
        reader: reads the windows. Chinese is given to it in Simplified characters.
        question: what is asked.
        found: the passages, the best first; as many as there are budgets, or fewer.
        budgets: tokens of the passages' windows.

    Raises:
        ReaderError: the reader cannot be loaded or reached.
    """
    texts = [span.of(each.text) for each in found for span in each.passage.sentences]
    tokens = iter(reader.count_tokens(texts))
    windows = []
    for each, budget in zip(found, budgets, strict=False):
        sentences = each.passage.sentences
        own = [next(tokens) for _ in sentences]
        windows.append(window_around_best(sentences, each.sentence_scores, own, budget))
    readings = reader.read(
        simplified(question),
        [
            simplified_in_place(window.of(each.text))
            for window, each in zip(windows, found, strict=True)
        ],
    )
    return [
        PassageReading(
            window,
            reading.answerable,
            tuple(
                ReadSpan(Span(window.start + each.start, window.start + each.end), each.score)
                for each in reading.spans
            ),
        )
        for window, reading in zip(windows, readings, strict=True)
    ]

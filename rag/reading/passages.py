"""Read passages: from a question and what was found to answers with their places in articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.reading.windows import window_around_best, windows_of_all
from rag.records.passage import Passage
from rag.text.chinese import simplified, simplified_in_place
from rag.text.span import Span

if TYPE_CHECKING:
    from reading import Reader, Reading

WINDOW_TOKENS = (112, 96, 64, 48, 40)
"""Tokens of a window of the best passage, of the second, and so on; see docs/benchmarks.md. The
best passage is read whole, in as many windows as it takes; of the others, one window is read.
Windows are about as long as those that the packaged reader learnt from: it tells near misses worse
in longer ones."""


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
    windows: list[tuple[int, Span]] = []
    for number, (each, budget) in enumerate(zip(found, budgets, strict=False)):
        sentences = each.passage.sentences
        own = [next(tokens) for _ in sentences]
        if number == 0:
            windows += [(number, window) for window in windows_of_all(sentences, own, budget)]
        else:
            best = window_around_best(sentences, each.sentence_scores, own, budget)
            windows.append((number, best))
    texts = [simplified_in_place(window.of(found[number].text)) for number, window in windows]
    readings = reader.read(simplified(question), texts)
    best_of: dict[int, PassageReading] = {}
    for (number, window), reading in zip(windows, readings, strict=True):
        if number not in best_of or reading.answerable > best_of[number].answerable:
            best_of[number] = _in_article(window, reading)
    return [best_of[number] for number in range(len(found))]


def _in_article(window: Span, reading: Reading) -> PassageReading:
    spans = (
        ReadSpan(Span(window.start + each.start, window.start + each.end), each.score)
        for each in reading.spans
    )
    return PassageReading(window, reading.answerable, tuple(spans))

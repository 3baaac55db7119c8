"""What the sentences of a passage are worth as quotes: their scores, and what a reader found."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from rag.reading.passages import PassageReading
from rag.retrieval.log_odds import log_odds
from rag.text.span import Span
from rag.text.terms import terms
from tamngu.records.article import Article

SPAN_WEIGHT = 0.15
"""What a unit of the log-odds that the answer is in a sentence counts, in standard deviations of a
score. Chosen on our own questions that the reader did not learn from (:mod:`eval.reader`), for the
first quote that holds the answer: of 408 questions .382 with 0, .463 with .1, .471 with .15, .468
with .2, .463 with .3."""

_LEAST = 0.001
"""Probability of a sentence in which no likely answer begins."""

_REPEATED = 0.6
"""Share of a sentence's words that its title has, from which on it repeats the title."""

_NEAR = 1.0
"""Standard deviations by which the sentence behind one that repeats the title may be worse."""

_HELD = 0.6
"""Probability of an answer with which a sentence that repeats the title keeps its place. The three
were chosen on 114 questions about 43 short notices of our own: with .833 of them the first quote
holds the answer without this rule, with .868 with it; nothing changes on articles without telling
titles. With a share of .5 it is the same; with .3 in place of .6 it is .851."""


def scores_with_reading(
    sentences: Sequence[Span],
    scores: NDArray[np.float32],
    reading: PassageReading | None,
) -> NDArray[np.float32]:
    """Return the scores of sentences, those in which likely answers begin higher than others.

    A sentence that repeats the question is most like it, and the answer is often in the next one.

    Args:
        sentences: offsets into the article's text.
        scores: of the sentences, shape (sentences,), float32.
        reading: of their passage; without one, the scores stay as they are.
    """
    if reading is None:
        return scores
    found = _found(sentences, reading)
    added = [SPAN_WEIGHT * log_odds(max(float(each), _LEAST)) for each in found]
    return scores + np.array(added, dtype=np.float32)


def with_title_behind(
    sentences: Sequence[Span],
    scores: NDArray[np.float32],
    reading: PassageReading | None,
    article: Article,
) -> NDArray[np.float32]:
    """Return the scores; a best statement that repeats the title changes places with the next one.

    The first sentence of a notice often says what its title says, and so does the question. Who,
    when and how many are in the sentences after it. Other passages stay where they are.

    Args:
        sentences: offsets into the article's text.
        scores: of the sentences with their reading, shape (sentences,), float32.
        reading: of their passage; without one, the scores stay as they are.
        article: whose passage it is.
    """
    if reading is None:
        return scores
    stated = [n for n, each in enumerate(sentences) if _is_statement(each, article)]
    if not stated:
        return scores
    best = max(stated, key=lambda n: float(scores[n]))
    title = set(terms(article.title, article.language).words)
    if _found(sentences, reading)[best] >= _HELD or not _repeats(sentences[best], article, title):
        return scores
    near = [n for n in stated if scores[n] >= scores[best] - _NEAR]
    others = [n for n in near if not _repeats(sentences[n], article, title)]
    if not others:
        return scores
    following = max(others, key=lambda n: float(scores[n]))
    changed = scores.copy()
    changed[[best, following]] = scores[[following, best]]
    return changed


def _is_statement(sentence: Span, article: Article) -> bool:
    """Tell whether a sentence ends like a statement, as headings and questions do not."""
    last = sentence.of(article.text).rstrip()[-1:]
    return not (last.isalnum() or last in "?？")


def _repeats(sentence: Span, article: Article, title: Set[str]) -> bool:
    """Tell whether most of a sentence's words are in the title."""
    words = set(terms(sentence.of(article.text), article.language).words)
    return len(words & title) >= _REPEATED * len(words)


def _found(sentences: Sequence[Span], reading: PassageReading) -> NDArray[np.float64]:
    """Return the probability that a likely answer begins in each sentence, shape (sentences,)."""
    starts = [sentence.start for sentence in sentences]
    found = np.full(len(sentences), 0.0)
    for each in reading.spans:
        found[max(int(np.searchsorted(starts, each.span.start, side="right")) - 1, 0)] += each.score
    return found

"""Fusing what a reader says of the best candidates with their scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.reading.passages import (
    WINDOW_TOKENS,
    PassageReading,
    ReadablePassage,
    read_passages,
)
from rag.retrieval.hits import FoundPassage, Selection
from rag.retrieval.log_odds import BOUND, log_odds
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.provision_boost import sentences_of

if TYPE_CHECKING:
    from reading import Reader

READ = len(WINDOW_TOKENS)
"""Candidates that are read."""

WEIGHT = 0.5
"""What a unit of the reader's log-odds counts, in standard deviations of a score. Chosen with
``python -m eval.fitting.reading`` on our own held-out questions, for R@1."""


def read_best(
    reader: Reader, question: str, selection: Selection
) -> tuple[Selection, dict[str, PassageReading]]:
    """Return a selection in its new order, and the readings of its best passages by their ids.

    Args:
        reader: reads the best candidates.
        question: what is asked.
        selection: of candidates, best first.

    Raises:
        ReaderError: the reader cannot be loaded or reached.
    """
    best, rest = selection.found[:READ], selection.found[READ:]
    readings = read_passages(reader, question, [_readable(each) for each in best])
    found = [
        replace(each, candidate=fused(each.candidate, reading.answerable))
        for each, reading in zip(best, readings, strict=True)
    ]
    found.sort(key=lambda each: -each.candidate.score)
    found += [replace(each, candidate=_unread(each.candidate)) for each in rest]
    by_id = {each.passage.id: reading for each, reading in zip(best, readings, strict=True)}
    return replace(selection, found=found), by_id


def added_by_reading(candidate: Candidate) -> float:
    """Return what reading added to a candidate's score."""
    if "answerable" not in candidate.parts:
        return 0.0
    return WEIGHT * log_odds(candidate.parts["answerable"])


def _readable(found: FoundPassage) -> ReadablePassage:
    """Return what is read of a passage: of one with a provision that is asked for, that alone."""
    passage, scores = found.passage, found.candidate.sentence_scores
    if found.place is not None and (inside := sentences_of(found.place, passage.sentences)):
        passage = replace(passage, sentences=tuple(passage.sentences[n] for n in inside))
        scores = scores[inside]
    return ReadablePassage(passage, found.article.text, scores)


def fused(candidate: Candidate, answerable: float, weight: float = WEIGHT) -> Candidate:
    """Return a candidate with its reading in its score.

    Args:
        candidate: that was read.
        answerable: probability that it holds the answer.
        weight: of a unit of log-odds, in standard deviations of a score.
    """
    moved = _moved(candidate, weight * log_odds(answerable))
    return replace(moved, parts={**candidate.parts, "answerable": answerable})


def _unread(candidate: Candidate) -> Candidate:
    """Return a candidate that was not read: it stays below those that were read."""
    return _moved(candidate, -WEIGHT * BOUND)


def _moved(candidate: Candidate, by: float) -> Candidate:
    """Return a candidate whose score, and those that it would have, are higher by so much."""
    return replace(
        candidate,
        score=candidate.score + by,
        sentence_scores=candidate.sentence_scores + np.float32(by),
    )

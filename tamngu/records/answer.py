"""An answer: the sentences that say it, quoted in their own language, each with its citation."""

from __future__ import annotations

from dataclasses import dataclass

from tamngu.records.citation import Citation
from tamngu.records.hit import Hit


@dataclass(frozen=True)
class Answer:
    """What the collection says to a question.

    Attributes:
        question: as it was asked.
        language: the question's.
        answer: in words of the question's language around quotes in their own, each with its
            marker; where a chat model wrote it, sentences with the markers of what they rest on.
        abstained: whether the collection is held not to answer; the quotes are the nearest then.
        confidence: that the collection holds the answer, 0 to 1; see
        :mod:`rag.retrieval.confidence`.
        citations: the quotes' places, verified, in the order of their markers.
        hits: the passages that were looked at, best first.
        took_ms: wall-clock time in milliseconds.
        written_by: the chat model that wrote the answer, None where it is composed of quotes.
        notice: why no chat model wrote it although one was to.
    """

    question: str
    language: str
    answer: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    took_ms: float
    written_by: str | None = None
    notice: str | None = None

"""An answer: the sentences that say it, quoted in their own language, each with its citation."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rag.citation import Citation, cite
from rag.collection import Collection
from rag.errors import CitationError
from rag.retrieval import DEFAULT_K, Hit, search

MAX_CITATIONS = 3

_WITHIN = 1.0
"""Hits this many standard deviations below the best are still quoted. Set by hand, not tuned."""

_NOTHING = {
    "vi": "Bộ sưu tập không có câu trả lời cho câu hỏi này.",
    "zh": "资料库中没有这个问题的答案。",
    "en": "The collection holds no answer to this question.",
}


@dataclass(frozen=True)
class Answer:
    """What the collection says to a question.

    Attributes:
        question: as it was asked.
        language: the question's.
        answer: the quotes, one a line, each with its marker.
        abstained: whether the collection holds nothing to quote.
        confidence: 0 to 1; see :func:`confidence`.
        citations: the quotes' places, verified, in the order of their markers.
        hits: the passages that were looked at, best first.
        took_ms: wall-clock time in milliseconds.
    """

    question: str
    language: str
    answer: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    took_ms: float


def ask(
    collection: Collection,
    question: str,
    *,
    k: int = DEFAULT_K,
    language: str | None = None,
    languages: Sequence[str] | None = None,
) -> Answer:
    """Answer a question with verified quotes.

    The arguments are those of :func:`rag.retrieval.search`.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    found = search(collection, question, k=k, language=language, languages=languages)
    citations = _citations(collection, found.hits)
    lines = [f"“{citation.quote}” [{citation.marker}]" for citation in citations]
    counts = collection.catalog.counts().values()
    return Answer(
        question=found.question,
        language=found.language,
        answer="\n".join(lines) or _NOTHING.get(found.language, _NOTHING["en"]),
        abstained=not citations,
        confidence=confidence(found.hits, sum(passages for _, passages in counts)),
        citations=citations,
        hits=found.hits,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def confidence(hits: Sequence[Hit], passages: int) -> float:
    """Return how surely the best hit stands out from the collection, 0 to 1.

    It is the probability that none of ``passages`` unrelated passages would score as high, taking
    their standardised scores as normally distributed: ``Phi(score) ** passages``. It is not yet
    calibrated against right and wrong answers.
    """
    if not hits:
        return 0.0
    below = 0.5 * math.erfc(-hits[0].score / math.sqrt(2))
    return round(float(below**passages), 4)


def _citations(collection: Collection, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Quote the best sentence of each of the best hits, leaving out what was quoted already."""
    citations: list[Citation] = []
    for hit in hits:
        if len(citations) == MAX_CITATIONS or hit.score < hits[0].score - _WITHIN:
            break
        best = hit.evidence[0]
        if any(best.quote == citation.quote for citation in citations):
            continue
        article = collection.catalog.article(hit.article_id)
        marker = str(len(citations) + 1)
        try:
            citation = cite(article, hit.passage_id, best.start, best.end, best.quote, marker)
        except CitationError:
            # Another process changed the article between the search and now.
            continue
        citations.append(citation)
    return tuple(citations)

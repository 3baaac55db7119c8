"""An answer: the sentences that say it, quoted in their own language, each with its citation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rag.citation import Citation, cite
from rag.collection import Collection
from rag.confidence import confidence
from rag.errors import CitationError
from rag.filter import NO_FILTER, Filter
from rag.hit import DEFAULT_K, Hit
from rag.retrieval import search

MAX_CITATIONS = 3

_WITHIN = 1.0
"""Sentences scored this many standard deviations below the best are still quoted. Set by hand."""

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
        confidence: 0 to 1; see :func:`rag.confidence.confidence`.
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
    chosen: Filter = NO_FILTER,
) -> Answer:
    """Answer a question with verified quotes.

    The arguments are those of :func:`rag.retrieval.search`.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    found = search(collection, question, k=k, language=language, languages=languages, chosen=chosen)
    citations = _citations(collection, found.hits)
    lines = [f"“{citation.quote}” [{citation.marker}]" for citation in citations]
    with collection.reading() as snapshot:
        passages = sum(snapshot.languages().values())
    return Answer(
        question=found.question,
        language=found.language,
        answer="\n".join(lines) or _NOTHING.get(found.language, _NOTHING["en"]),
        abstained=not citations,
        confidence=confidence(found.hits[0].score, passages) if found.hits else 0.0,
        citations=citations,
        hits=found.hits,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )


def _citations(collection: Collection, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Quote the best sentences of all hits, leaving out those that say the same words again."""
    found = [(hit, evidence) for hit in hits for evidence in hit.evidence]
    found.sort(key=lambda pair: -pair[1].score)
    citations: list[Citation] = []
    for hit, evidence in found:
        if len(citations) == MAX_CITATIONS or evidence.score < found[0][1].score - _WITHIN:
            break
        if any(evidence.quote == citation.quote for citation in citations):
            continue
        article = collection.catalog.article(hit.article_id)
        marker = str(len(citations) + 1)
        try:
            citation = cite(
                article, hit.passage_id, evidence.start, evidence.end, evidence.quote, marker
            )
        except CitationError:
            # Another process changed the article between the search and now.
            continue
        citations.append(citation)
    return tuple(citations)

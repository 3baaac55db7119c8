"""Quotes: the best sentences of the hits, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.citation import cite
from rag.collection.collection import Collection
from rag.errors import CitationError
from rag.text.terms import terms
from tamngu.records.citation import Citation
from tamngu.records.hit import Hit

MAX_CITATIONS = 3

_WITHIN = 1.0
"""Sentences are quoted whose score is at most so many standard deviations below the best. Chosen
manually, not tuned."""

_SAME = 0.7
"""Two quotes say the same when the longer one has this share of the shorter one's words. Chosen
manually, not tuned."""


def quotes(collection: Collection, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Quote the best sentences of all hits, without those that repeat an earlier quote."""
    found = [(hit, evidence) for hit in hits for evidence in hit.evidence]
    found.sort(key=lambda pair: -pair[1].score)
    citations: list[Citation] = []
    quoted: list[set[str]] = []
    for hit, evidence in found:
        if len(citations) == MAX_CITATIONS or evidence.score < found[0][1].score - _WITHIN:
            break
        words = set(terms(evidence.quote, hit.language).words) or {evidence.quote}
        if any(len(words & others) >= _SAME * min(len(words), len(others)) for others in quoted):
            continue
        citation = cite_hit(collection, hit, len(citations) + 1, evidence.start, evidence.end)
        if citation is not None:
            citations.append(citation)
            quoted.append(words)
    return tuple(citations)


def cite_hit(
    collection: Collection, hit: Hit, marker: int, start: int, end: int
) -> Citation | None:
    """Cite a part of a hit; None if another process has changed the article since the search."""
    quote = hit.text[start - hit.start : end - hit.start]
    article = collection.catalog.articles.get(hit.article_id)
    try:
        return cite(article, hit.passage_id, start, end, quote, str(marker))
    except CitationError:
        return None

"""Quotes: the sentences of hits that say the most, each cited."""

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
"""Sentences scored this many standard deviations below the best are still quoted. Set by hand."""

_SAME = 0.7
"""Share of the words of the shorter of two quotes in the other, from which the two say the same.
Set by hand."""


def quotes(collection: Collection, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Quote the best sentences of all hits, leaving out those that say the same again."""
    found = [(hit, evidence) for hit in hits for evidence in hit.evidence]
    found.sort(key=lambda pair: -pair[1].score)
    citations: list[Citation] = []
    said: list[set[str]] = []
    for hit, evidence in found:
        if len(citations) == MAX_CITATIONS or evidence.score < found[0][1].score - _WITHIN:
            break
        words = set(terms(evidence.quote, hit.language).words) or {evidence.quote}
        if any(len(words & others) >= _SAME * min(len(words), len(others)) for others in said):
            continue
        citation = cite_hit(collection, hit, len(citations) + 1, evidence.start, evidence.end)
        if citation is not None:
            citations.append(citation)
            said.append(words)
    return tuple(citations)


def cite_hit(
    collection: Collection, hit: Hit, marker: int, start: int, end: int
) -> Citation | None:
    """Cite a part of a hit; None when another process changed the article since the search."""
    quote = hit.text[start - hit.start : end - hit.start]
    article = collection.catalog.article(hit.article_id)
    try:
        return cite(article, hit.passage_id, start, end, quote, str(marker))
    except CitationError:
        return None

"""An answer: the sentences that say it, quoted in their own language, each with its citation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.citation import Citation, cite
from rag.collection import Collection
from rag.confidence import confidence
from rag.errors import CitationError
from rag.filter import NO_FILTER, Filter
from rag.hit import ABSTAIN_BELOW, DEFAULT_K, Hit
from rag.lexical_terms import terms
from rag.phrases import attribution, nearest, no_answer
from rag.retrieval import Prefer, find

if TYPE_CHECKING:
    from rag.chat import Chat

MAX_CITATIONS = 3

_WITHIN = 1.0
"""Sentences scored this many standard deviations below the best are still quoted. Set by hand."""

_SAME = 0.7
"""Share of the words of the shorter of two quotes in the other, from which the two say the same.
Set by hand."""

_READ = 6
"""Passages that a chat model is given."""


@dataclass(frozen=True)
class Answer:
    """What the collection says to a question.

    Attributes:
        question: as it was asked.
        language: the question's.
        answer: in words of the question's language around quotes in their own, each with its
            marker; where a chat model wrote it, sentences with the markers of what they rest on.
        abstained: whether the collection is held not to answer; the quotes are the nearest then.
        confidence: that the collection holds the answer, 0 to 1; see :mod:`rag.confidence`.
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


def ask(
    collection: Collection,
    question: str,
    *,
    k: int = DEFAULT_K,
    language: str | None = None,
    languages: Sequence[str] | None = None,
    prefer: Prefer | None = None,
    chosen: Filter = NO_FILTER,
    abstain_below: float = ABSTAIN_BELOW,
    chat: Chat | None = None,
    on_quotes: Callable[[Answer], object] = lambda _: None,
) -> Answer:
    """Answer a question with verified quotes.

    Args:
        collection: see :func:`rag.retrieval.search`, as for the others that it has too.
        question: likewise.
        k: likewise.
        language: likewise.
        languages: likewise.
        prefer: likewise.
        chosen: likewise.
        abstain_below: confidence under which the answer is that there is none; 0: always answer.
        chat: writes the answer from the passages; what it says without proof is left out, and
            where nothing is left, or it cannot be reached, the quotes stand. Default: quotes.
        on_quotes: called with the answer in quotes before a chat model is asked.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    found = find(
        collection,
        question,
        k=k,
        language=language,
        languages=languages,
        prefer=prefer,
        chosen=chosen,
    )
    sure = confidence(found.ranked)
    citations = _citations(collection, found.hits)
    abstained = not citations or sure < abstain_below
    answer = Answer(
        question=found.question,
        language=found.language,
        answer=_composed(found.language, citations, found.hits, abstained),
        abstained=abstained,
        confidence=sure,
        citations=citations,
        hits=found.hits,
        took_ms=0,
    )
    on_quotes(answer)
    if chat is not None and not abstained:
        answer = _written(collection, answer, chat)
    return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 1))


def _composed(
    language: str, citations: Sequence[Citation], hits: Sequence[Hit], abstained: bool
) -> str:
    """Say in the question's language who says what."""
    sources = {hit.passage_id: hit.source for hit in hits}
    lines = [
        f"{attribution(language, citation, sources[citation.passage_id])}"
        f"“{citation.quote}” [{citation.marker}]"
        for citation in citations
    ]
    if not abstained:
        return "\n".join(lines)
    return "\n".join([no_answer(language), *([nearest(language), *lines] if lines else [])])


def _citations(collection: Collection, hits: Sequence[Hit]) -> tuple[Citation, ...]:
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
        citation = _cite(collection, hit, len(citations) + 1, evidence.start, evidence.end)
        if citation is not None:
            citations.append(citation)
            said.append(words)
    return tuple(citations)


def _cite(collection: Collection, hit: Hit, marker: int, start: int, end: int) -> Citation | None:
    """Cite a part of a hit; None when another process changed the article since the search."""
    quote = hit.text[start - hit.start : end - hit.start]
    article = collection.catalog.article(hit.article_id)
    try:
        return cite(article, hit.passage_id, start, end, quote, str(marker))
    except CitationError:
        return None


def _written(collection: Collection, answer: Answer, chat: Chat) -> Answer:
    """Have the answer written from the passages; the quotes stand where nothing of it is proven."""
    from rag.chat import ChatError
    from rag.written_answer import Source, verify, write

    hits = answer.hits[:_READ]
    sources = [
        Source(number, hit.title, hit.published_at, hit.text)
        for number, hit in enumerate(hits, start=1)
    ]
    try:
        text = "".join(write(chat, answer.question, answer.language, sources))
    except ChatError as error:
        return replace(answer, notice=str(error))
    sentences = verify(text, sources)
    used = sorted({marker for sentence in sentences for marker in sentence.markers})
    citations: dict[int, Citation] = {}
    for number in used:
        hit = hits[number - 1]
        best = hit.evidence[0]
        cited = _cite(collection, hit, len(citations) + 1, best.start, best.end)
        if cited is not None:
            citations[number] = cited
    lines = []
    for sentence in sentences:
        markers = [f"[{citations[m].marker}]" for m in sentence.markers if m in citations]
        if markers:
            lines.append(f"{sentence.text} {''.join(markers)}")
    if not lines:
        return replace(answer, notice=f"Nothing that {chat.model} wrote could be proven.")
    return replace(
        answer,
        answer=" ".join(lines),
        citations=tuple(citations.values()),
        written_by=chat.model,
    )

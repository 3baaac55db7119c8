"""Quotes: the sentences that prove the answers, then the best ones beside them, all cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.citation import cite
from rag.answering.question_kind import Kind
from rag.answering.quotable import (
    answer_below,
    is_heading,
    is_question,
    sentence_of,
    words_in,
)
from rag.answering.short_answers import Proposal, ProposedAnswer
from rag.collection.collection import Collection
from rag.errors import CitationError
from rag.text.names.matching import names_in
from rag.text.span import Span
from tamngu.records.answer import ShortAnswer
from tamngu.records.citation import Citation
from tamngu.records.hit import Hit

MAX_CITATIONS = 3

_MAX_DATED = 6
"""Quotes of a timeline."""

_SAME = 0.7
"""Two quotes say the same when the longer one has this share of the shorter one's words. Chosen
manually, not tuned."""


_PASSAGE_WEIGHT = 0.5
"""What a passage's score counts beside a sentence's, both in standard deviations. Chosen on 408 of
our own questions that the reader did not learn from: .439 of the second and third quotes are from
the article that answers, .388 without it, .469 with 2; one of three holds the answer for .542, .539
and .532."""


@dataclass(frozen=True)
class _Quotable:
    """A sentence that may be quoted: where it stands, and its score with its passage's."""

    hit: Hit
    span: Span
    score: float

    @property
    def text(self) -> str:
        return self.hit.text[self.span.start - self.hit.start : self.span.end - self.hit.start]


class Quotes:
    """The citations of one answer, numbered as they are added."""

    def __init__(self, collection: Collection, most: int = MAX_CITATIONS) -> None:
        """Begin without any; there will be ``most`` at most."""
        self._collection = collection
        self._most = most
        self._words: list[set[str]] = []
        self.citations: list[Citation] = []

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be."""
        return len(self.citations) >= self._most

    def add(self, hit: Hit, span: Span, *, also_if_repeated: bool = False) -> str | None:
        """Cite a part of a hit, and return its marker.

        None if there are enough quotes, if an earlier quote says the same, or if another process
        has changed the article since the search. What is quoted already keeps its marker.
        """
        for citation in self.citations:
            if citation.article_id == hit.article_id and (
                citation.start <= span.start and span.end <= citation.end
            ):
                return citation.marker
        if self.full:
            return None
        text = hit.text[span.start - hit.start : span.end - hit.start]
        words = set(words_in(text, hit.language)) or {text}
        if not also_if_repeated and any(
            len(words & others) >= _SAME * min(len(words), len(others)) for others in self._words
        ):
            return None
        marker = len(self.citations) + 1
        citation_or_none = cite_hit(self._collection, hit, marker, span.start, span.end)
        if citation_or_none is None:
            return None
        self.citations.append(citation_or_none)
        self._words.append(words)
        return citation_or_none.marker


def prove(quotes: Quotes, answers: Sequence[ProposedAnswer]) -> tuple[ShortAnswer, ...]:
    """Quote the sentences in which the answers stand; return the answers that are proven."""
    proven = []
    for number, answer in enumerate(answers):
        # The first answer may have several proofs, as long as there is room for the others; what
        # contradicts it needs one.
        most = MAX_CITATIONS + 1 - len(answers) if number == 0 else 1
        markers: list[str] = []
        said_by: Proposal | None = None
        for proposal in answer.proposals:
            sentence = sentence_of(proposal.hit, proposal.span)
            if sentence is None or len(markers) == most:
                continue
            marker = quotes.add(proposal.hit, sentence, also_if_repeated=True)
            if marker is not None and marker not in markers:
                markers.append(marker)
                said_by = said_by or proposal
        if said_by is not None:
            proven.append(_short_answer(said_by, answer.score, markers))
    return tuple(proven)


def best_sentence(hits: Sequence[Hit]) -> tuple[Hit, Span] | None:
    """Return the best sentence of all hits that is no heading, with its hit; None without any."""
    best = next(_quotable(hits), None)
    return None if best is None else (best.hit, best.span)


def fill(quotes: Quotes, hits: Sequence[Hit], question: str, kind: Kind | None) -> None:
    """Add the best sentences of the hits, without headings and without what is said already."""
    if kind == "comparison":
        # For each thing that is compared, the best sentence that names it.
        for name in names_in(question):
            about = (e for e in _quotable(hits) if any(n is name for n in names_in(e.text)))
            if (each := next(about, None)) is not None:
                quotes.add(each.hit, each.span, also_if_repeated=True)
    best: Iterable[_Quotable] = _quotable(hits)
    if kind == "latest":
        best = sorted(best, key=lambda each: each.hit.published_at or "", reverse=True)
    for each in best:
        if quotes.full:
            return
        quotes.add(each.hit, each.span)
    if not quotes.citations:
        # Where all is headings, a heading is better than nothing.
        for each in _sentences(hits):
            quotes.add(each.hit, each.span)


def timeline(collection: Collection, hits: Sequence[Hit]) -> list[Citation]:
    """Return one quote for each day of publication, the earliest first."""
    quotes = Quotes(collection, _MAX_DATED)
    days: set[str] = set()
    chosen: list[_Quotable] = []
    for each in _quotable(hits):
        day = (each.hit.published_at or "")[:10]
        if day and day not in days and len(chosen) < _MAX_DATED:
            days.add(day)
            chosen.append(each)
    for each in sorted(chosen, key=lambda each: each.hit.published_at or ""):
        quotes.add(each.hit, each.span)
    return quotes.citations


def _sentences(hits: Sequence[Hit]) -> list[_Quotable]:
    """Return the best sentences of all hits, best first."""
    found = [
        _Quotable(hit, Span(each.start, each.end), each.score + _PASSAGE_WEIGHT * hit.score)
        for hit in hits
        for each in hit.evidence
    ]
    return sorted(found, key=lambda each: -each.score)


def _quotable(hits: Sequence[Hit]) -> Iterator[_Quotable]:
    """Yield the best sentences of all hits that are no headings, best first, as they are quoted.

    A question that stands in a text is like the one that is asked; what stands below it answers.
    """
    for each in _sentences(hits):
        span: Span | None = each.span
        if is_question(each.hit, each.span):
            span = answer_below(each.hit, each.span)
        if span is not None and not is_heading(each.hit, span):
            yield replace(each, span=sentence_of(each.hit, span) or span)


def _short_answer(proposal: Proposal, score: float, markers: Sequence[str]) -> ShortAnswer:
    return ShortAnswer(
        text=proposal.text,
        start=proposal.span.start,
        end=proposal.span.end,
        article_id=proposal.hit.article_id,
        passage_id=proposal.hit.passage_id,
        language=proposal.hit.language,
        score=round(score, 4),
        citations=tuple(markers),
        script=proposal.hit.script,
    )


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

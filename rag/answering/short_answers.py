"""Short answers: the likeliest spans of all that was read, those that say the same put together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.question_kind import Kind
from rag.answering.same_answer import same_answer
from rag.reading.passages import PassageReading, ReadSpan
from rag.text.names.forms import Name
from rag.text.names.matching import names_in
from rag.text.numbers.amounts import amounts
from rag.text.span import Span
from tamngu.records.hit import Hit

_LEAST = 0.05
"""Probability below which a span is no proposal."""

_LEAST_ANSWER = 0.2
"""Probability from which there is a short answer. Chosen manually, not tuned."""

_DISAGREES = 0.5
"""Probability that both of two answers need to contradict each other. Chosen manually, not
tuned."""

_NEARLY = 0.6
"""Share of the best answer's probability from which a newer one is taken where the latest is asked
for. Chosen manually, not tuned."""

_UNNAMED = 0.5
"""What a span's probability is multiplied by for each name of the question that is neither in what
was read nor in the title. A reader takes the year in which a country joined one union for that of
another. Chosen manually, not tuned."""

_MOST = 3
"""Answers that are shown."""

_LIST_MARKS = re.compile(
    r"\s*+(?:[,，、;；/]|\b(?:and|or|và|cùng|hoặc|với)\b|[和与及、或]|以及|还有)\s*+"
    r"(?:(?:(?:and|và)\b|以及|和|及)\s*+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Proposal:
    """A span that may be the answer.

    Attributes:
        hit: in which it stands.
        span: offsets into the article's text.
        score: probability that it is the answer.
    """

    hit: Hit
    span: Span
    score: float

    @property
    def text(self) -> str:
        """Return the span's text."""
        return self.hit.text[self.span.start - self.hit.start : self.span.end - self.hit.start]


@dataclass(frozen=True)
class ProposedAnswer:
    """Spans that say the same.

    Attributes:
        proposals: they, the likeliest first, from different passages.
        score: probability that one of them is the answer.
    """

    proposals: tuple[Proposal, ...]
    score: float


def short_answers(
    question: str,
    hits: Sequence[Hit],
    readings: Mapping[str, PassageReading],
    kind: Kind | None = None,
    best: tuple[Hit, Span] | None = None,
) -> list[ProposedAnswer]:
    """Return the answer in the best sentence and those that contradict it, the likeliest first.

    Where the latest is asked for, an older answer does not contradict a newer one: the newest of
    the likely ones is returned.

    Args:
        question: what is asked.
        hits: what was found.
        readings: of the passages that were read, by their ids.
        kind: of the question.
        best: the best sentence of all, as a place in the text of an article, with its hit. A reader
            looks at one passage at a time: the likeliest span of all is less often the answer than
            the one in the sentence that is best by everything that is known. Of 408 of our own
            questions .48 and .53 of the stated answers were right. Default: the likeliest span.
    """
    names = names_in(question)
    proposals = [
        Proposal(hit, each.span, reading.answerable * each.score * named)
        for hit in hits
        if (reading := readings.get(hit.passage_id)) is not None
        for named in (_UNNAMED ** _missing(names, hit, reading.window),)
        for each in _with_lists(hit, reading.spans)
    ]
    proposals = sorted((p for p in proposals if p.score >= _LEAST), key=lambda each: -each.score)
    answers: list[ProposedAnswer] = []
    for proposal in proposals:
        place = next((n for n, a in enumerate(answers) if _says_the_same(a, proposal)), None)
        if place is None:
            answers.append(ProposedAnswer((proposal,), proposal.score))
        else:
            answers[place] = _joined(answers[place], proposal)
    answers.sort(key=lambda each: -each.score)
    if kind == "latest" and answers and answers[0].score >= _LEAST_ANSWER:
        return [_newest(answers)]
    answer = next((each for each in answers if best is None or _is_in(each, *best)), None)
    if answer is None or answer.score < _LEAST_ANSWER:
        return []
    others = (each for each in answers if each is not answer)
    return [answer, *(each for each in others if _contradicts(answer, each))][:_MOST]


def _is_in(answer: ProposedAnswer, hit: Hit, sentence: Span) -> bool:
    """Tell whether an answer stands in a sentence of a hit."""
    return any(
        each.hit.passage_id == hit.passage_id and sentence.start <= each.span.start < sentence.end
        for each in answer.proposals
    )


def _newest(answers: Sequence[ProposedAnswer]) -> ProposedAnswer:
    """Return the answer of the newest article, of those that are nearly as likely as the best."""
    least = max(answers[0].score * _NEARLY, _LEAST_ANSWER)
    likely = [each for each in answers if each.score >= least]
    return max(likely, key=lambda each: max(p.hit.published_at or "" for p in each.proposals))


def _missing(names: Sequence[Name], hit: Hit, window: Span) -> int:
    """Return how many names are neither in a window nor in the title of its article."""
    read = hit.text[window.start - hit.start : window.end - hit.start]
    found = {id(name) for name in names_in(f"{hit.title}\n{read}")} if names else set()
    return sum(id(name) not in found for name in names)


def _with_lists(hit: Hit, spans: Sequence[ReadSpan]) -> list[ReadSpan]:
    """Return the spans; those that only commas or "and" separate are joined to one list."""
    if len(spans) < 2:
        return list(spans)
    best, rest = spans[0], list(spans[1:])
    grew = True
    while grew:
        grew = False
        for each in rest:
            first, last = sorted((best.span, each.span))
            between = hit.text[first.end - hit.start : last.start - hit.start]
            if first.end <= last.start and _LIST_MARKS.fullmatch(between):
                best = ReadSpan(Span(first.start, last.end), min(best.score + each.score, 1.0))
                rest.remove(each)
                grew = True
                break
    return [best, *rest]


def _says_the_same(answer: ProposedAnswer, proposal: Proposal) -> bool:
    one = answer.proposals[0]
    return same_answer(one.text, proposal.text, (one.hit.language, proposal.hit.language))


def _joined(answer: ProposedAnswer, proposal: Proposal) -> ProposedAnswer:
    """Add a proposal: each further article makes the answer likelier, as independent ones would."""
    known = {each.hit.passage_id for each in answer.proposals}
    if proposal.hit.passage_id in known:
        return answer
    proposals = (*answer.proposals, proposal)
    if proposal.hit.article_id in {each.hit.article_id for each in answer.proposals}:
        return replace(answer, proposals=proposals)
    return ProposedAnswer(proposals, 1 - (1 - answer.score) * (1 - proposal.score))


def _contradicts(best: ProposedAnswer, other: ProposedAnswer) -> bool:
    """Return whether another answer, of the same kind and from another article, is likely too."""
    one, two = best.proposals[0], other.proposals[0]
    if min(one.score, two.score) < _DISAGREES or two.hit.article_id == one.hit.article_id:
        return False
    return bool(amounts(one.text)) == bool(amounts(two.text))

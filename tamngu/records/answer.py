"""An answer: sentences of articles, quoted in their own language, each with its citation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tamngu.records.carried import Carried
from tamngu.records.citation import Citation
from tamngu.records.hit import Hit
from tamngu.records.notice import Notice, in_one


@dataclass(frozen=True)
class ShortAnswer:
    """A span of an article that answers the question: its text from ``start`` to ``end``.

    Attributes:
        text: the answer, in the article's language and script.
        start: first character in the article's text.
        end: one past its last character.
        article_id: the article.
        passage_id: the passage it was found in.
        language: the article's.
        score: probability that this is the answer, 0 to 1.
        citations: markers of the quotes that prove it, the first of this span. Several say the same
            in several articles or languages.
        script: the article's: ``Hans`` or ``Hant`` for Chinese, else None.
    """

    text: str
    start: int
    end: int
    article_id: str
    passage_id: str
    language: str
    score: float
    citations: tuple[str, ...]
    script: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a collection answers to a question.

    Attributes:
        question: as it was asked.
        language: the question's.
        answer: the short answer, if one was found; then quotes in their own languages, each with
            its source named in the question's language and a marker such as ``[1]``. An answer that
            a chat model wrote has that model's sentences, each with the markers of the quotes that
            prove it.
        abstained: whether the collection does not seem to hold the answer; then the quotes are the
            nearest passages.
        confidence: probability that the collection holds the answer, 0 to 1; see
            :mod:`rag.retrieval.confidence`.
        citations: the places of the quotes, verified, in the order of their markers.
        hits: the passages that were found, best first.
        took_ms: wall-clock time in milliseconds.
        written_by: the chat model that wrote the answer, None for an answer made of quotes.
        notice: what the answer does not say itself: that a condition names what the collection does
            not have, or why the chat model did not write the answer although it was asked to.
        answers: the short answer; if sources disagree, also what the others say. Empty if nothing
            was read, or nothing is likely enough.
        script: the question's: ``Hans`` or ``Hant`` for Chinese, else None.
        searched: the question that was searched for, if an earlier one completed it; else None.
        carried: what of the earlier question completed it.
        notices: what ``notice`` says in English, for other languages.
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
    answers: tuple[ShortAnswer, ...] = ()
    script: str | None = None
    searched: str | None = None
    carried: tuple[Carried, ...] = ()
    notices: tuple[Notice, ...] = ()

    def with_notice(self, notice: Notice) -> Answer:
        """Return the answer with one more notice."""
        notices = (*self.notices, notice)
        return replace(self, notice=in_one(notices), notices=notices)

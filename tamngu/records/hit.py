"""What a search returns."""

from __future__ import annotations

from dataclasses import dataclass

from tamngu.records.carried import Carried
from tamngu.records.notice import Notice


@dataclass(frozen=True)
class Evidence:
    """A sentence of a passage.

    Attributes:
        start: first character in the article's text.
        end: one past its last character.
        quote: the sentence.
        score: the score that the hit would have if this were its best sentence, on the scale that
            all hits and languages share.
    """

    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True)
class OtherPlace:
    """Another article that tells the same story; the attributes are those of that article."""

    article_id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None
    language: str = "und"
    script: str | None = None


@dataclass(frozen=True)
class Hit:
    """A passage with its score.

    Attributes:
        rank: 1 is best.
        score: what the ranking sorts by.
        parts: the parts of the score. ``dense`` is that of the passage, ``sentence`` that of its
            best sentence, ``late`` that of late interaction, each in standard deviations above the
            mean of its language; in the baselines they are plain cosines. ``lexical`` is its BM25,
            ``dated`` what its date of publication added, ``provision`` what was added because it
            has the numbered part of a law that the question names; the three stand only where they
            were used.
            ``answerable`` is the probability that it holds the answer, if it was read; its log-odds
            count in the score.
        passage_id: the name of the passage.
        article_id: the article to which it belongs.
        title: the article's.
        url: the article's.
        source: the article's.
        published_at: the article's.
        language: the article's.
        start: first character in the article's text.
        end: one past its last character.
        text: the passage: the article's text from start to end.
        evidence: its best sentences, best first.
        also_at: near-duplicates of the article, at most 20; their passages are left out.
        page: the page on which it begins; None for an article without pages.
        script: the article's: ``Hans`` or ``Hant`` for Chinese, else None.
    """

    rank: int
    score: float
    parts: dict[str, float]
    passage_id: str
    article_id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None
    language: str
    start: int
    end: int
    text: str
    evidence: tuple[Evidence, ...]
    also_at: tuple[OtherPlace, ...] = ()
    page: int | None = None
    script: str | None = None


@dataclass(frozen=True)
class SearchResult:
    """What a search finds.

    Attributes:
        question: as it was searched for.
        language: the code of the question's language.
        took_ms: wall-clock time in milliseconds.
        hits: the passages, best first.
        notice: what is said of conditions that name what the collection does not have.
        script: the question's: ``Hans`` or ``Hant`` for Chinese, else None.
        searched: the question that was searched for, if an earlier one completed it; else None.
        carried: what of the earlier question completed it.
        notices: what ``notice`` says in English, for other languages.
    """

    question: str
    language: str
    took_ms: float
    hits: tuple[Hit, ...]
    notice: str | None = None
    script: str | None = None
    searched: str | None = None
    carried: tuple[Carried, ...] = ()
    notices: tuple[Notice, ...] = ()

"""What a search returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """A sentence of a passage, as offsets into the article's text.

    Its score is the one that the hit would have, were this its best sentence: on the same scale
    for all hits and languages.
    """

    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True)
class OtherPlace:
    """Another article that tells the same story; the attributes are its own."""

    article_id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None


@dataclass(frozen=True)
class Hit:
    """A passage with its score.

    Attributes:
        rank: 1 is best.
        score: what the ranking sorts by.
        parts: what the score is made of. ``dense`` and ``sentence`` are the passage's and its best
            sentence's, ``late`` is late interaction's, each in standard deviations above what its
            language scores; the baselines' are plain cosines. ``lexical``, where words were ranked
            by, is its BM25; ``dated`` is what it gained by when it appeared.
        passage_id: names the passage.
        article_id: the article it is from.
        title: the article's.
        url: the article's.
        source: the article's.
        published_at: the article's.
        language: the article's.
        start: first character in the article's text.
        end: one past its last character.
        text: the passage: the article's text from start to end.
        evidence: its best sentences, best first.
        also_at: near-duplicates of the article, whose passages are left out for it.
        page: the page on which it begins, of an article that has pages.
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


@dataclass(frozen=True)
class SearchResult:
    """The hits for a question, best first; ``took_ms`` is wall-clock time in milliseconds."""

    question: str
    language: str
    took_ms: float
    hits: tuple[Hit, ...]

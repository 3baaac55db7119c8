"""Questions that are asked again whenever articles come, and what was found for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SavedQuestion:
    """A question that new articles are looked through for.

    Attributes:
        id: its name in the API.
        collection: whose articles are looked through.
        question: in any language.
        language: the language tag of the question; None: identified from its text.
        languages: only articles in these languages; None: in all.
        sources: only articles of one of these sources; None: of all.
        tags: only articles with at least one of these tags; None: all.
        created_at: UTC. Articles that were stored before it are not looked through.
        checked_at: when new articles were looked through last, UTC.
        alerts: articles that were found.
        unseen: those of them that nobody has marked as seen.
        feed: path of the Atom feed of what is found. Whoever has it needs no key, so it is told to
            those only who may change the question; None for others.
    """

    id: str
    collection: str
    question: str
    language: str | None
    languages: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    tags: tuple[str, ...] | None
    created_at: datetime
    checked_at: datetime | None
    alerts: int
    unseen: int
    feed: str | None


@dataclass(frozen=True)
class Alert:
    """A new article that answers a saved question.

    Attributes:
        id: its name in the API.
        question_id: of the saved question.
        question: its text.
        collection: of the article.
        article_id: the article.
        title: the article's.
        url: the article's.
        source: the article's.
        published_at: the article's.
        language: the article's.
        script: the article's: ``Hans`` or ``Hant`` for Chinese, else None.
        start: first character of the quote in the article's text.
        end: one past its last character.
        quote: the sentence that answers.
        answer: the short answer, or None.
        confidence: that it answers, 0 to 1.
        found_at: UTC.
        seen: whether somebody has marked it as seen.
    """

    id: str
    question_id: str
    question: str
    collection: str
    article_id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None
    language: str
    script: str | None
    start: int
    end: int
    quote: str
    answer: str | None
    confidence: float
    found_at: datetime
    seen: bool

"""A list of articles, without their texts."""

from __future__ import annotations

from dataclasses import dataclass

from tamngu.records.notice import Notice


@dataclass(frozen=True)
class ArticleSummary:
    """What a list shows of an article: all but its text.

    Attributes:
        id: the article's, as everything else here.
        title: its headline.
        language: its code.
        published_at: ISO 8601 date or date and time.
        source: who published it.
        url: where it was published.
        script: ``Hans`` or ``Hant`` for Chinese, else None.
    """

    id: str
    title: str
    language: str
    published_at: str | None
    source: str | None
    url: str | None
    script: str | None = None


@dataclass(frozen=True)
class ArticlePage:
    """A part of the list of articles, in the order of their ids.

    Attributes:
        articles: of this part.
        next: the value of ``after`` that gives the next part; null at the end of the list.
        notice: what is said of conditions that name what the collection does not have.
        notices: the same for other languages.
    """

    articles: tuple[ArticleSummary, ...]
    next: str | None
    notice: str | None = None
    notices: tuple[Notice, ...] = ()

"""What an import would store, shown before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tamngu.records.cut import Cut
from tamngu.records.notice import Notice
from tamngu.records.rejection import Rejection

ArticleState = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True)
class PreviewedArticle:
    """An article that an import would store.

    Attributes:
        id: under which it would be stored.
        title: its headline.
        language: its code.
        script: ``Hans`` or ``Hant`` for Chinese, else None.
        url: where it was published.
        source: who published it.
        published_at: ISO 8601 date or date and time.
        authors: as the source names them.
        tags: any words.
        characters: of the whole text.
        text: the beginning of the text that is kept.
        cut: lines that would be cut from around the text, in order.
        state: ``new``, or what the stored article of this id would become.
    """

    id: str
    title: str
    language: str
    script: str | None
    url: str | None
    source: str | None
    published_at: str | None
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    characters: int
    text: str
    cut: tuple[Cut, ...]
    state: ArticleState


@dataclass(frozen=True)
class Preview:
    """What an import would store and pass over.

    Attributes:
        articles: the first ones.
        more: articles that were read beyond those.
        rejected: what cannot be read, with the reasons; the first ones.
        more_rejected: what cannot be read beyond those.
        notice: why not everything was read; None if it was.
        notices: the same for other languages.
    """

    articles: tuple[PreviewedArticle, ...]
    more: int
    rejected: tuple[Rejection, ...]
    more_rejected: int
    notice: str | None = None
    notices: tuple[Notice, ...] = ()

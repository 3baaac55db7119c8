"""Requests about articles: those that a client sends, and those that it wants listed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.requests import Tag
from rag.records.new_article import MAX_LINE, MAX_NAME, MAX_NAMES, MAX_TITLE
from rag.retrieval.facets import Unit
from tamngu.records.filter import Filter
from tamngu.records.language import parse_tag
from tamngu.records.stream_safe import stream_safe

_EXAMPLES: list[JsonValue] = [
    {"id": "vi-1", "title": "Lào gia nhập ASEAN", "text": "Lào gia nhập ASEAN năm 1997."},
    {"text": "东盟秘书处设在雅加达。", "language": "zh", "published_at": "2020-11-25"},
    {"text": "The secretariat is in Jakarta.", "url": "https://news.example/1", "tags": ["ASEAN"]},
]

Names = Annotated[
    list[Annotated[str, Field(max_length=MAX_NAME)]], Field(fail_fast=True, max_length=MAX_NAMES)
]
"""Of authors, or tags. The first wrong one ends the check, because each one takes time."""


class ArticleBody(BaseModel):
    """An article to store.

    Attributes:
        text: the whole text; the offsets of citations count its characters.
        id: default: derived from the URL, or from the text if it has no URL.
        title: default: the first line of the text.
        language: a language tag; default: identified from the text.
        url: where it was published.
        source: who published it.
        published_at: ISO 8601 date, or date and time.
        authors: their names.
        tags: any words.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})

    text: str = Field(min_length=1)
    id: str | None = Field(default=None, min_length=1, max_length=512)
    title: str | None = Field(default=None, max_length=MAX_TITLE)
    language: str | None = Field(default=None, max_length=100)
    url: str | None = Field(default=None, max_length=MAX_LINE)
    source: str | None = Field(default=None, max_length=MAX_LINE)
    published_at: str | None = Field(default=None, max_length=100)
    authors: Names = []
    tags: Names = []


class ArticlesBody(BaseModel):
    """Articles to store, and the collection to store them in."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"articles": _EXAMPLES}]}
    )

    articles: list[ArticleBody] = Field(min_length=1, max_length=1000, fail_fast=True)
    collection: str | None = None


class ArticleListRequest(BaseModel):
    """Which articles to list.

    Attributes:
        collection: default: the one that the service was started with.
        after: list only articles whose id comes after this one.
        limit: number of articles at most.
        language: only articles in this language.
        source: only articles of this source.
        tag: only articles with this tag.
        published_from: only articles published on this day or later.
        published_to: only articles published on this day or earlier.
    """

    model_config = ConfigDict(extra="forbid")

    collection: str | None = None
    after: str = Field(default="", max_length=512)
    limit: int = Field(default=100, ge=1, le=1000)
    language: Tag | None = None
    source: str | None = Field(default=None, max_length=MAX_LINE)
    tag: str | None = Field(default=None, max_length=MAX_LINE)
    published_from: date | None = None
    published_to: date | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        _check_period(self.published_from, self.published_to)
        return self

    @property
    def filters(self) -> Filter:
        """The conditions on articles."""
        return Filter(
            languages=None if self.language is None else [parse_tag(self.language).code],
            sources=None if self.source is None else [stream_safe(self.source)],
            tags=None if self.tag is None else [stream_safe(self.tag)],
            published_from=self.published_from,
            published_to=self.published_to,
        )


_Lines = Annotated[
    list[Annotated[str, Field(max_length=MAX_LINE)]], Field(fail_fast=True, max_length=100)
]


class FacetRequest(BaseModel):
    """Which articles to count.

    Attributes:
        language: only articles in one of these languages; may be given several times.
        source: only articles of one of these sources; may be given several times.
        tag: only articles with one of these tags; may be given several times.
        published_from: only articles published on this day or later.
        published_to: only articles published on this day or earlier.
        by: what dates are counted by.
        limit: values of each list at most.
    """

    model_config = ConfigDict(extra="forbid")

    language: Annotated[list[Tag], Field(fail_fast=True, max_length=100)] | None = None
    source: _Lines | None = None
    tag: _Lines | None = None
    published_from: date | None = None
    published_to: date | None = None
    by: Unit = "month"
    limit: int = Field(default=100, ge=1, le=1000)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        _check_period(self.published_from, self.published_to)
        return self

    @property
    def filters(self) -> Filter:
        """The conditions on articles."""
        return Filter(
            languages=self.language and [parse_tag(each).code for each in self.language],
            sources=self.source and [stream_safe(each) for each in self.source],
            tags=self.tag and [stream_safe(each) for each in self.tag],
            published_from=self.published_from,
            published_to=self.published_to,
        )


class ArticleChanges(BaseModel):
    """What to change of an article; what is left out stays, and null removes a value.

    Attributes:
        title: its headline.
        language: a language tag.
        url: where it was published.
        source: who published it.
        published_at: ISO 8601 date, or date and time.
        authors: their names.
        tags: any words.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"source": "Nhân Dân", "tags": ["ASEAN", "1995"]}]},
    )

    title: str = Field(default="", min_length=1, max_length=MAX_TITLE)
    language: str = Field(default="", min_length=1, max_length=100)
    url: str | None = Field(default=None, max_length=MAX_LINE)
    source: str | None = Field(default=None, max_length=MAX_LINE)
    published_at: str | None = Field(default=None, max_length=100)
    authors: Names = []
    tags: Names = []


def _check_period(first: date | None, last: date | None) -> None:
    if first and last and first > last:
        raise ValueError("published_from is after published_to")

"""What a client sends."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rag.collection.home import DEFAULT_COLLECTION
from tamngu.records.filter import Filter
from tamngu.records.language import parse_tag
from tamngu.records.request import DEFAULT_K, MAX_K


def _checked(tag: str) -> str:
    parse_tag(tag)
    return tag


Tag = Annotated[str, AfterValidator(_checked)]


class QuestionRequest(BaseModel):
    """A question to a collection.

    Attributes:
        question: in any language.
        collection: which one; default: the one the server was started with.
        k: passages wanted.
        language: the question's language; default: identified.
        languages: languages of passages to look at; default: all.
        prefer: ``own`` puts the question's own language first where scores hardly differ.
        sources: only articles of one of these sources.
        tags: only articles with at least one of these tags.
        published_from: only articles published on this day or later.
        published_to: only articles published on this day or earlier.
        article_ids: only these articles.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "Việt Nam gia nhập Liên Hợp Quốc năm nào?"},
                {"question": "越南以多少票当选安理会非常任理事国？", "k": 5},
                {"question": "Who chairs ASEAN?", "languages": ["vi", "zh"]},
            ]
        },
    )

    question: str
    collection: str | None = Field(default=None, examples=[DEFAULT_COLLECTION])
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K)
    language: Tag | None = Field(default=None, examples=["vi"])
    languages: list[Tag] | None = Field(default=None, examples=[["vi", "zh"]])
    prefer: Literal["own"] | None = None
    sources: list[str] | None = Field(default=None, max_length=1000)
    tags: list[str] | None = Field(default=None, max_length=1000)
    published_from: date | None = Field(default=None, examples=["2024-01-01"])
    published_to: date | None = Field(default=None, examples=["2024-12-31"])
    article_ids: list[str] | None = Field(default=None, max_length=10_000)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise ValueError("published_from is after published_to")
        return self

    def filter(self) -> Filter:
        """Return the conditions on articles."""
        return Filter(
            sources=self.sources,
            tags=self.tags,
            published_from=self.published_from,
            published_to=self.published_to,
            article_ids=self.article_ids,
        )


class AskRequest(QuestionRequest):
    """A question whose answer is wanted.

    Attributes:
        abstain_below: confidence under which the answer is that there is none; default: the
            server's.
    """

    abstain_below: float | None = Field(default=None, ge=0, le=1)


class SearchRequest(QuestionRequest):
    """A question whose passages are wanted.

    Attributes:
        copies: show every copy of an article that appeared in several places.
    """

    copies: bool = False

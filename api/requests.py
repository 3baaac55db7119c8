"""What a client sends with a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from tamngu.records.language import parse_tag
from tamngu.records.request import (
    MAX_CONTEXT,
    MAX_QUESTION_CHARACTERS,
    AskRequest,
    SearchRequest,
)


def _checked(tag: str) -> str:
    parse_tag(tag)
    return tag


Tag = Annotated[str, AfterValidator(_checked)]

_MAX_LABEL = 2000
"""Characters of a source or a tag; articles have no longer ones."""

_Label = Annotated[str, Field(max_length=_MAX_LABEL)]

# The records bound the same lists, but as sequences, whose length pydantic checks only after their
# items: a megabyte of wrong items took seconds, in which the event loop stood still.
Languages = Annotated[
    list[Annotated[str, Field(max_length=100)]], Field(fail_fast=True, max_length=100)
]
Labels = Annotated[list[_Label], Field(fail_fast=True, max_length=1000)]
ArticleIds = Annotated[
    list[Annotated[str, Field(max_length=512)]], Field(fail_fast=True, max_length=10_000)
]

_Question = Annotated[str, Field(max_length=MAX_QUESTION_CHARACTERS)]
Context = Annotated[list[_Question], Field(fail_fast=True, max_length=MAX_CONTEXT)]
Without = Annotated[list[_Label], Field(fail_fast=True, max_length=100)]


def _with_examples(*bodies: dict[str, object]) -> dict[str, object]:
    """Return what pydantic reads of a request, with these bodies as its examples."""
    return {**SearchRequest.__pydantic_config__, "json_schema_extra": {"examples": [*bodies]}}


@dataclass(frozen=True)
class SearchBody(SearchRequest):
    """A question whose passages are wanted.

    Attributes:
        collection: which one to search; default: the one that the service was started with.
    """

    languages: Languages | None = None
    sources: Labels | None = None
    tags: Labels | None = None
    article_ids: ArticleIds | None = None
    context: Context = field(default_factory=list)
    without: Without = field(default_factory=list)
    collection: str | None = None

    __pydantic_config__: ClassVar[dict[str, object]] = _with_examples(
        {"question": "Việt Nam gia nhập Liên Hợp Quốc năm nào?"},
        {"question": "越南以多少票当选安理会非常任理事国？", "k": 5, "read": True},
        {"question": "Who chairs ASEAN?", "languages": ["vi", "zh"]},
        {"question": "còn Lào?", "context": ["Việt Nam gia nhập ASEAN năm nào?"]},
    )


@dataclass(frozen=True)
class AskBody(AskRequest):
    """A question whose answer is wanted.

    Attributes:
        collection: which one to ask; default: the one that the service was started with.
    """

    languages: Languages | None = None
    sources: Labels | None = None
    tags: Labels | None = None
    article_ids: ArticleIds | None = None
    context: Context = field(default_factory=list)
    without: Without = field(default_factory=list)
    collection: str | None = None

    __pydantic_config__: ClassVar[dict[str, object]] = _with_examples(
        {"question": "Việt Nam gia nhập Liên Hợp Quốc năm nào?"},
        {"question": "越南以多少票当选安理会非常任理事国？", "k": 5},
        {"question": "Who chairs ASEAN?", "languages": ["vi", "zh"], "read": False},
        {"question": "còn Lào?", "context": ["Việt Nam gia nhập ASEAN năm nào?"]},
    )

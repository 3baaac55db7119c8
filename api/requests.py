"""What a client sends."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.hit import DEFAULT_K, MAX_K
from rag.home import DEFAULT_COLLECTION
from rag.language import parse_tag


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

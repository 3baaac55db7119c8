"""What a client sends with a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from tamngu.records.language import parse_tag
from tamngu.records.request import AskRequest, SearchRequest


def _checked(tag: str) -> str:
    parse_tag(tag)
    return tag


Tag = Annotated[str, AfterValidator(_checked)]


@dataclass(frozen=True)
class SearchBody(SearchRequest):
    """A question whose passages are wanted.

    Attributes:
        collection: which one to search; default: the one that the service was started with.
    """

    collection: str | None = None


@dataclass(frozen=True)
class AskBody(AskRequest):
    """A question whose answer is wanted.

    Attributes:
        collection: which one to ask; default: the one that the service was started with.
    """

    collection: str | None = None

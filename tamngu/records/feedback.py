"""What people say of answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["right", "wrong", "better"]
"""``right`` and ``wrong``: of a quote that was given. ``better``: a passage that answers better.
``right`` without an article: it is right that there is no answer."""


@dataclass(frozen=True)
class Feedback:
    """What somebody said of an answer.

    Attributes:
        id: its name in the API.
        collection: that was asked.
        question: as it was asked.
        language: the question's.
        verdict: what is said.
        article_id: of the quote or the passage; None if it is said that there is no answer.
        start: first character in the article's text.
        end: one past its last character.
        quote: the text from start to end.
        note: in words.
        created_at: UTC.
    """

    id: str
    collection: str
    question: str
    language: str
    verdict: Verdict
    article_id: str | None
    start: int | None
    end: int | None
    quote: str | None
    note: str | None
    created_at: datetime

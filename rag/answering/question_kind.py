"""Kinds of questions that want their quotes in a certain order or choice."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["timeline", "latest", "comparison"]

_FORMS: dict[Kind, re.Pattern[str]] = {
    "timeline": re.compile(
        r"\btimeline\b|\bchronolog|\bdiễn biến\b|\bdien bien\b|\bdòng thời gian\b|时间线|時間線"
        r"|时间轴|時間軸|来龙去脉|來龍去脈|经过如何|大事记",
        re.IGNORECASE,
    ),
    "latest": re.compile(
        r"\b(?:latest|most recent|newest)\b|\bmới nhất\b|\bmoi nhat\b|\bgần đây nhất\b"
        r"|最新|最近一次",
        re.IGNORECASE,
    ),
    "comparison": re.compile(
        r"\b(?:compared?|comparison|versus|vs\.?|differ(?:s|ence|ences)?)\b|\bso sánh\b|\bso với\b"
        r"|\bso sanh\b|\bkhác (?:nhau|gì|biệt)\b|比较|比較|相比|区别|區別|不同之处|差异|差異",
        re.IGNORECASE,
    ),
}


def kind_of(question: str) -> Kind | None:
    """Return the kind of a question; None for one that simply asks for something.

    >>> kind_of("Diễn biến vụ việc ra sao?"), kind_of("最新的票数是多少？"), kind_of("Who won?")
    ('timeline', 'latest', None)
    """
    return next((kind for kind, form in _FORMS.items() if form.search(question)), None)

"""Feedback as a gold set: questions with the passages that people found to answer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.feedback import Feedback


@dataclass
class _Judged:
    """What was said of one question; what was said last of a place counts.

    Attributes:
        first: what was said first.
        relevant: quotes that answer, by article and place.
        unanswerable: whether it was said last that there is no answer.
    """

    first: Feedback
    relevant: dict[tuple[str, Span], str] = field(default_factory=dict)
    unanswerable: bool = False


def gold_questions(
    feedback: Iterable[Feedback], article_of: Callable[[str], Article | None]
) -> list[dict[str, Any]]:
    """Return questions in the form of ``tamngu eval run --gold jsonl:FILE``, in their order.

    A question of which it was only said what is wrong is left out, because nothing tells what is
    right. So is a quote that does not stand in its article any more.

    Args:
        feedback: oldest first.
        article_of: returns a stored article.
    """
    judged: dict[tuple[str, str], _Judged] = {}
    for each in feedback:
        question = judged.setdefault((each.question, each.language), _Judged(each))
        if each.article_id is None:
            question.unanswerable = each.verdict == "right"
        elif each.start is not None and each.end is not None and each.quote is not None:
            place = (each.article_id, Span(each.start, each.end))
            if each.verdict == "wrong":
                question.relevant.pop(place, None)
            else:
                question.relevant[place] = each.quote
                question.unanswerable = False
    return [line for each in judged.values() if (line := _line(each, article_of)) is not None]


def _line(judged: _Judged, article_of: Callable[[str], Article | None]) -> dict[str, Any] | None:
    relevant = [
        {"article_id": article_id, "quote": quote}
        for (article_id, span), quote in judged.relevant.items()
        if (article := article_of(article_id)) is not None and span.of(article.text) == quote
    ]
    if not relevant and not judged.unanswerable:
        return None
    return {
        "id": judged.first.id,
        "question": judged.first.question,
        "language": judged.first.language,
        "relevant": relevant,
        "unanswerable": not relevant,
        "answers": [],
        "tags": ["feedback"],
    }

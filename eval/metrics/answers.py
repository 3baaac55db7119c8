"""Score answers: their quotes are compared with the gold quotes."""

from __future__ import annotations

from collections.abc import Mapping

from eval.gold.gold_set import GoldQuestion, Relevant
from eval.metrics.answer_text import contains, is_answer, token_f1
from eval.runs.run import AnswerScore
from tamngu.records.answer import Answer
from tamngu.records.citation import Citation

_HALF_RIGHT = 0.5


def score_answer(question: GoldQuestion, answer: Answer, texts: Mapping[str, str]) -> AnswerScore:
    """Score one answer.

    Args:
        question: with the gold answers.
        answer: of the collection.
        texts: of cited and relevant articles, by id.
    """
    citations = answer.citations
    verified = sum(
        texts.get(cited.article_id, "")[cited.start : cited.end] == cited.quote
        for cited in citations
    )
    relevant = {each.article_id for each in question.relevant}
    right = [
        any(
            _is_right(cited, each, question, texts)
            for each in question.relevant
            if each.article_id == cited.article_id
        )
        for cited in citations
    ]
    cited_right = {
        cited.article_id for cited, is_right in zip(citations, right, strict=True) if is_right
    }
    quotes = [cited.quote for cited in citations]
    short = answer.answers[0] if answer.answers else None
    short_text = short.text if short else ""
    short_f1 = token_f1(short_text, question.answers)
    return AnswerScore(
        confidence=answer.confidence,
        abstained=answer.abstained,
        citations=len(citations),
        verified=verified,
        first_right=any(right[:1]),
        any_right=any(right),
        precision=sum(right) / len(right) if right else 0.0,
        recall=len(cited_right) / len(relevant) if relevant else 0.0,
        contains=any(contains(quote, question.answers) for quote in quotes),
        f1=max((token_f1(quote, question.answers) for quote in quotes), default=0.0),
        short_language=short.language if short else "",
        short_exact=is_answer(short_text, question.answers),
        short_f1=short_f1,
        short_right=short_f1 >= _HALF_RIGHT or contains(short_text, question.answers),
    )


def _is_right(
    cited: Citation, relevant: Relevant, question: GoldQuestion, texts: Mapping[str, str]
) -> bool:
    """Return whether a quote overlaps the gold quote, or contains an answer if there is none."""
    if not relevant.quote:
        return contains(cited.quote, question.answers)
    start = texts[relevant.article_id].find(relevant.quote)
    return start >= 0 and start < cited.end and cited.start < start + len(relevant.quote)
